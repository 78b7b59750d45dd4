"""What comes with a form is kept up to the limit of one document, however much is sent."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class Bounded(FileUploadHandler):
    """Stands before the handlers that keep files, and drops what is beyond the limit.

    One byte more than the limit is kept, so that ``documents.store`` sees that it was too much.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what is still within the limit."""
        return raw_data[: max(0, settings.UPLOAD_BYTES_MAX + 1 - start)] or None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """Leave it to the handlers behind."""
        return None
