"""The names of the cantons."""

from django.utils.translation import pgettext_lazy

CANTONS = {
    "AG": pgettext_lazy("canton", "Aargau"),
    "AI": pgettext_lazy("canton", "Appenzell Innerrhoden"),
    "AR": pgettext_lazy("canton", "Appenzell Ausserrhoden"),
    "BE": pgettext_lazy("canton", "Bern"),
    "BL": pgettext_lazy("canton", "Basel-Landschaft"),
    "BS": pgettext_lazy("canton", "Basel-Stadt"),
    "FR": pgettext_lazy("canton", "Fribourg"),
    "GE": pgettext_lazy("canton", "Geneva"),
    "GL": pgettext_lazy("canton", "Glarus"),
    "GR": pgettext_lazy("canton", "Graubünden"),
    "JU": pgettext_lazy("canton", "Jura"),
    "LU": pgettext_lazy("canton", "Lucerne"),
    "NE": pgettext_lazy("canton", "Neuchâtel"),
    "NW": pgettext_lazy("canton", "Nidwalden"),
    "OW": pgettext_lazy("canton", "Obwalden"),
    "SG": pgettext_lazy("canton", "St. Gallen"),
    "SH": pgettext_lazy("canton", "Schaffhausen"),
    "SO": pgettext_lazy("canton", "Solothurn"),
    "SZ": pgettext_lazy("canton", "Schwyz"),
    "TG": pgettext_lazy("canton", "Thurgau"),
    "TI": pgettext_lazy("canton", "Ticino"),
    "UR": pgettext_lazy("canton", "Uri"),
    "VD": pgettext_lazy("canton", "Vaud"),
    "VS": pgettext_lazy("canton", "Valais"),
    "ZG": pgettext_lazy("canton", "Zug"),
    "ZH": pgettext_lazy("canton", "Zürich"),
}
