"""The API: every route in one table, its schema, and the page that shows it."""

from django.http import Http404
from django.urls import path, re_path
from django.views.decorators.gzip import gzip_page
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from billing import api as billing
from devices import api as devices
from jobs.api import HEADER
from partners import api as partners
from people.access import public
from requests import api as requests
from shipping import api as shipping
from web.api import TITLES


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names our way of signing in."""

    target_class = "partners.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "As `manage.py create_token` printed it."}


PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail", "code"],
                "properties": {name: {"type": "string"} for name in ("field", "detail", "code")},
            },
        },
    },
}
ANY_PROBLEM = {
    "description": "Anything else",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 64},
    "description": "A new one, such as a UUID, for each action; the same one again for a repetition.",
}


def describe(result, generator, request, public):
    """Write into the schema what holds for every route: problems, and the key that each POST needs."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for methods in result["paths"].values():
        for method, operation in methods.items():
            operation["responses"]["default"] = ANY_PROBLEM
            operation["summary"] = operation.pop("description").rstrip(".")
            if method == "post":
                operation.setdefault("parameters", []).insert(0, KEY)
    return result


class Docs(SpectacularSwaggerSplitView):
    """Every route on a page of our own, drawn by the committed Swagger UI: no inline script, nothing fetched."""

    url_name = "api:schema"
    template_name = "api/docs.html"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        answer = super().get(request, *args, **kwargs)
        answer.data["problems"] = TITLES.items()
        return answer


@extend_schema(exclude=True)
class UnknownRoute(partners.ApiView):
    """Any other address of the API: 404 as problem details."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def dispatch(self, request, *args, **kwargs):
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = self.initialize_request(request, *args, **kwargs)
        return self.finalize_response(self.request, self.handle_exception(Http404()))


app_name = "api"
urlpatterns = [
    # Packed, as no page may be that has a form: its token could be guessed from the size of the answers (BREACH).
    path("schema/", public(gzip_page(SpectacularAPIView.as_view())), name="schema"),
    path("docs/", public(Docs.as_view()), name="docs"),
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/<slug:number>/", requests.RequestDetail.as_view(), name="request"),
    path("requests/<slug:number>/complete/", requests.RequestComplete.as_view(), name="request_complete"),
    path("requests/<slug:number>/correct/", requests.RequestCorrect.as_view(), name="request_correct"),
    path("requests/<slug:number>/approve/", requests.RequestApprove.as_view(), name="request_approve"),
    path("allocations/", requests.Allocations.as_view(), name="allocations"),
    path("devices/", devices.Devices.as_view(), name="devices"),
    path("devices/<slug:number>/", devices.DeviceDetail.as_view(), name="device"),
    path("devices/<slug:number>/erasure/", devices.DeviceErasure.as_view(), name="device_erasure"),
    path("devices/<slug:number>/inspect/", devices.DeviceInspect.as_view(), name="device_inspect"),
    path("shipments/", shipping.Shipments.as_view(), name="shipments"),
    path("shipments/<int:pk>/", shipping.ShipmentDetail.as_view(), name="shipment"),
    path("shipments/<int:pk>/label/", shipping.ShipmentLabel.as_view(), name="shipment_label"),
    path("shipments/<int:pk>/close/", shipping.ShipmentClose.as_view(), name="shipment_close"),
    path("shipments/<int:pk>/hand-over/", shipping.ShipmentHandOver.as_view(), name="shipment_hand_over"),
    path("invoices/", billing.Invoices.as_view(), name="invoices"),
    path("invoices/<slug:slug>/", billing.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<slug:slug>/pdf/", billing.InvoicePdf.as_view(), name="invoice_pdf"),
    path("bank-files/", billing.BankFiles.as_view(), name="bank_files"),
    re_path(r"^(?:.*/)?$", public(UnknownRoute.as_view()), name="nowhere"),
]
