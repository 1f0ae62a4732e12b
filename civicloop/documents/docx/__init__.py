"""Writing a document as DOCX after GB/T 9704-2012: `write(document, file, pictures=…)`."""

from civicloop.documents.docx.writer import write

__all__ = ["write"]
