"""What lies beside a published draw, for whoever opens the folder."""

from __future__ import annotations

ENGLISH, CHINESE = "README.md", "README.zh.md"

ENGLISH_TEXT = """# A draw that anybody can do again

- `frame.csv`: every place that could come out. It was frozen before the draw.
- `draw.json`: the secret, its commitment, the design, and the SHA-256 of every file.
- `result.csv`: what came out, in order, with the chance each place had.

## By program
`civicloop draw verify .` in this folder draws again and says what differs. It needs no database and no network. With
`--commitment` give the commitment that was published before the draw, so that you know this folder belongs to it.

## By hand
1. SHA-256 of the 32 bytes of `secret` must be `commitment`, which stood in the ledger before the draw.
2. SHA-256 of `frame.csv` must be `frame_sha256`.
3. The seed is SHA-256(secret ‖ beacon in UTF-8 ‖ digest of the frame), 32 bytes.
4. The random number with a label is the first 8 bytes, big-endian, of SHA-256(seed ‖ label in UTF-8).
5. Each stratum `type|area` with N places and n to draw, sorted by tile_key (-1 last) and code: r = number(`start|type|area`)
   mod N; place i (from 0) comes out when floor(((i+1)·n + r) / N) > floor((i·n + r) / N).

How many come from which stratum, panels, reserves, double visits and look-back draws: docs/explanation/draws.md.
"""

CHINESE_TEXT = """# 人人可以重做的抽样

- `frame.csv`：抽样框，列出全部可能被抽中的点位，抽样前已冻结。
- `draw.json`：种子、种子承诺值、抽样方案，以及各文件的 SHA-256。
- `result.csv`：抽样结果，按抽出顺序排列，并注明每个点位的入样概率。

## 用程序核验
在本文件夹内运行 `civicloop draw verify .`，即按原文件重新抽样并指出不一致之处，不需要数据库，也不需要联网。
加上 `--commitment`，填入抽样前公布的承诺值，即可确认本文件夹与当时的承诺一致。

## 手工核验
1. `secret`（32 字节）的 SHA-256 应等于 `commitment`；后者在抽样前已记入台账。
2. `frame.csv` 的 SHA-256 应等于 `frame_sha256`。
3. 种子 = SHA-256(secret ‖ 公开值 beacon 的 UTF-8 字节 ‖ 抽样框摘要)，共 32 字节。
4. 某标签的随机数 = SHA-256(种子 ‖ 标签的 UTF-8 字节) 的前 8 字节，高位在前。
5. 每层“类型|区域”共 N 个点位、抽 n 个：按 tile_key（-1 排在最后）和编码排序，r = 随机数(`start|类型|区域`) 除以 N 的余数；
   第 i 个（从 0 数起）当 ⌊((i+1)·n + r) / N⌋ > ⌊(i·n + r) / N⌋ 时入样。

各层样本量的分配、固定样本、备用点位、双人复查和回头看的抽法，见 docs/explanation/draws.md。
"""
