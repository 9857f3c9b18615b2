"""How far the PDF of an issued invoice is."""

from dataclasses import dataclass

from jobs.models import Job

from .models import Invoice, InvoiceDocument


@dataclass(frozen=True)
class PdfProgress:
    """There is a document, or it is being made, or neither: then its job was given up, with a reason if it is dead."""

    document: InvoiceDocument | None
    is_being_made: bool = False
    dead_job: Job | None = None

    @property
    def is_stuck(self) -> bool:
        return self.document is None and not self.is_being_made


def pdf_progress(invoice: Invoice) -> PdfProgress:
    """How far the PDF of an issued invoice is."""
    documents = InvoiceDocument.objects.select_related("file").filter(invoice=invoice)
    if document := documents.first():
        return PdfProgress(document)
    job = Job.objects.unfinished_for("billing.make_document", invoice)
    if job and job.is_under_way:
        return PdfProgress(None, is_being_made=True)
    # The job may have ended between the two questions: then its document is there now.
    return PdfProgress(documents.first(), dead_job=job)
