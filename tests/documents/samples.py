"""Made-up papers with everything in them, for the tests of the writers."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw

from civicloop.documents.rules.body import (
    Attachment,
    Block,
    Chart,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Picture,
    PictureRow,
    Run,
    Table,
)

LONG = "各责任单位要对照问题清单逐项整改，做到件件有着落、事事有回音，对反复出现的问题要举一反三，防止回潮。"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100" width="300" height="100">'
    '<rect x="60" y="20" width="200" height="20" fill="#0b6e6e"/><text x="10" y="35" font-size="12">莲花镇</text></svg>'
)


def photo(colour: str = "#7a9", size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A drawn photo as JPEG."""
    image = Image.new("RGB", size, colour)
    pen = ImageDraw.Draw(image)
    for step in range(0, size[0], 80):
        pen.line((step, 0, size[0] - step, size[1]), fill="#333", width=6)
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def ranking(rows: int = 12) -> Table:
    """A table longer than a few lines."""
    columns = (
        Column("名次", 1, "center"),
        Column("单位", 3),
        Column("得分率（95%区间）", 3, "right"),
        Column("样本", 1.5, "right"),
    )
    return Table(
        columns,
        tuple(
            (f"{n}", f"第{n}街道", f"{95 - n * 0.7:.1f}%（±{1 + n / 10:.1f}）", f"{20 + n}") for n in range(1, rows + 1)
        ),
        caption="表1　各乡镇街道实地测评得分率",
        note="截至2026年11月5日24时；共检查286个点位、4312项观测；按《测评体系》2024版计算。",
    )


def blocks(rows: int = 12) -> tuple[Block, ...]:
    """Every kind of block."""
    return (
        Paragraph("10月份，全市按照“周暗访、月点评”安排，组织开展实地测评，现将有关情况通报如下。"),
        Heading(1, "总体情况"),
        Heading(2, "测评得分"),
        Paragraph(LONG * 3),
        Heading(3, "主次干道"),
        Paragraph(LONG),
        Heading(4, "存在问题"),
        Paragraph(runs=(Run("一是", bold=True), Run("部分路段暴露垃圾清运不及时。"))),
        ranking(rows),
        Heading(1, "典型问题"),
        Paragraph(LONG * 2, lead="莲花镇。"),
        Picture("a" * 64, "图1　市场路暴露垃圾（11月3日9时许）", 110),
        PictureRow((Picture("a" * 64, "整改前"), Picture("b" * 64, "整改后"))),
        Chart(SVG, "图2　各单位得分率", 150, "区间为95%置信区间。"),
        Heading(1, "下一步工作要求"),
        Paragraph(LONG * 4),
    )


def bulletin(style: str = "red_head", number: str = "朝创城办〔2026〕5号", rows: int = 12) -> Document:
    """A monthly bulletin with two attachments, signature and 版记."""
    issuer = "朝阳市创建全国文明城市工作指挥部办公室" if style != "letter" else "朝阳市创建全国文明城市工作指挥部"
    return Document(
        kind="bulletin",
        head=Head(issuer, style, "朝创城办"),  # type: ignore[arg-type]
        title="关于2026年10月份全国文明城市创建工作情况的通报",
        blocks=blocks(rows),
        number=number,
        to="各乡镇人民政府、街道办事处，市直各责任单位",
        attachments=(
            Attachment("10月份实地测评问题清单及各责任单位整改时限、整改要求一览表（共42项）。", (ranking(30),)),
            Attachment("评分规则说明"),
        ),
        signer="朝阳市创建全国文明城市工作指挥部办公室",
        day=date(2026, 11, 5),
        remark="此件公开发布",
        copies_to=(
            "市委办公室",
            "市人大常委会办公室",
            "市政府办公室",
            "市政协办公室",
            "市纪委监委机关",
            "指挥部各成员单位",
        ),
        issued_note="朝阳市创建全国文明城市工作指挥部办公室",
    )
