"""The parts that pages are built from, with the markup written once. `/elements/` shows them all."""

import re
from functools import cache, lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from records import clock
from records.status import Status, Words
from web.counts import spelled
from web.tables import Column, escaped
from web.tables import table as html_table
from web.todo import Todo

register = template.Library()

CHECKBOXES = (forms.CheckboxInput,)
SELECTS = (forms.Select,)
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
CURRENT, CURRENT_PAGE = mark_safe(' aria-current="true"'), mark_safe(' aria-current="page"')
WRITTEN: dict[tuple[Any, ...], SafeString] = {}  # fields of filters
BROWSERS = {  # the first mark found counts: Edge says Chrome, too, and Chrome says Safari
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser(agent: str) -> str:
    """What somebody signed in with, as one would say it: "Chrome on Linux"."""
    name = next((said for mark, said in BROWSERS.items() if mark in agent), "")
    system = next((said for mark, said in SYSTEMS.items() if mark in agent), "")
    if name and system:
        return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or gettext("Unknown device")


@register.filter
def tone(level: str) -> str:
    """The tone of a note for one of allauth's alerts."""
    return {"error": "stop", "warning": "wait", "success": "done"}.get(level, "")


@register.filter
def button_look(tags: str) -> str:
    """The class of one of allauth's buttons, whose tags say how it looks."""
    if "danger" in tags:
        return "wg-btn-risk"
    return "wg-btn" if any(quiet in tags for quiet in ("outline", "secondary", "link")) else "btn-primary"


@register.filter
def unbroken(sentence: Any) -> str:
    """A sentence whose numbers, as D-000123, and sums, as CHF 150.00, stay on one line."""
    sentence = re.sub(r"-(?=\d{4})", "\N{NON-BREAKING HYPHEN}", str(sentence))
    return re.sub(r"\bCHF (?=\S)", "CHF\N{NO-BREAK SPACE}", sentence)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, css: str = "wg-icon") -> SafeString:
    """An icon of the sprite, always beside a word: `{% icon "truck" %}`."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, static("icons.svg"), name)


@register.simple_tag
def pill(status: Status) -> SafeString:
    """A status as colour, icon and word: `{% pill device_request.shown_status %}`."""
    return _pill(type(status), status.value, get_language())


@cache
def _pill(statuses: type[Status], value: str, language: str) -> SafeString:
    word, tone, image = statuses(value).look  # type: ignore[call-arg]  # looked up, not made
    return format_html('<span class="wg-pill" data-tone="{}">{}{}</span>', tone, icon(image), word)


@register.simple_tag
def table(columns: list[Column], rows: list[Any], caption: Any, **about: Any) -> SafeString:
    """A list as a table, declared by its columns: `{% table columns page.rows caption=title %}`."""
    return html_table(columns, rows, caption=caption, **about)


@register.simple_tag
def pick_all() -> SafeString:
    """The first cell of a table's head: ticks all rows of the page."""
    return format_html(
        '<td class="wg-pick"><label for="pick-all"><input class="form-check-input" type="checkbox" id="pick-all"'
        ' data-pick-all><span class="visually-hidden">{}</span></label></td>',
        gettext("Select all on this page"),
    )


@register.simple_tag
def pick(name: str, value: Any, label: Any, checked: bool = False) -> SafeString:
    """The first cell of a row: ticks it. `name` is the form field's, `label` the row's number."""
    return format_html(
        '<td class="wg-pick"><label for="pick-{0}"><input class="form-check-input" type="checkbox" id="pick-{0}"'
        ' name="{1}" value="{0}" data-pick {2}><span class="visually-hidden">{3}</span></label></td>',
        value,
        name,
        "checked" if checked else "",
        gettext("Select %(label)s") % {"label": label},
    )


@register.simple_tag
def action_text(words: Words, about: Any, between: str = " ") -> SafeString:
    """What a button of a row says, and to screen readers also which row: `{% action_text _("Pack") device.number %}`.

    In one element, as a button lays white space between two of them out as a gap.
    """
    more = f'<span class="visually-hidden">{escaped(between)}{escaped(about)}</span>'
    return SafeString(f"<span>{escaped(words)}{more}</span>")


@register.simple_tag
def task(todo: Todo, first: bool) -> SafeString:
    """A line of the home page, inside an ol of class wg-tasks; the first one's button stands out."""
    return format_html(
        '<li class="wg-task"><span class="wg-task-n{}">{}</span><div><h3>{}</h3><p>{}</p></div>'
        '<a class="btn {}" href="{}">{}</a></li>',
        " wg-bad" if todo.tone == "stop" else "",
        todo.count_in_words,
        todo.title,
        todo.sentence,
        "btn-primary" if first else "wg-btn",
        todo.url,
        todo.action,
    )


@register.simple_tag
def nav_entries(entries: list[dict[str, Any]]) -> SafeString:
    """The rows of a menu (list of label, url, current)."""
    rows = ((each["url"], CURRENT_PAGE if each["current"] else "", each["label"]) for each in entries)
    return format_html_join("", '<li><a href="{}"{}>{}</a></li>', rows)


@register.simple_tag
def current_of(entries: list[dict[str, Any]], otherwise: Words) -> SafeString:
    """The word of a folded part of a menu: the entry in it where one is, so that it is seen folded as well."""
    here = [each["label"] for each in entries if each["current"]]
    return format_html("<b>{}</b>", here[0]) if here else format_html("{}", otherwise)


@register.simple_tag(takes_context=True)
def public_entry(context: Any, url: str, label: Words) -> SafeString:
    """A row of the public menu, current on its page and on those below it."""
    path = context["request"].path if "request" in context else ""
    is_here = path == url or (url != "/" and path.startswith(url))
    return format_html('<li><a href="{}"{}>{}</a></li>', url, CURRENT_PAGE if is_here else "", label)


@register.simple_tag
def language_buttons() -> SafeString:
    """A button for each language of the site, in its own words."""
    return _language_buttons(get_language())


@cache
def _language_buttons(current: str) -> SafeString:
    buttons = ((code, CURRENT if code == current else "", name) for code, name in settings.LANGUAGES)
    return format_html_join(
        "", '<button class="wg-link" type="submit" name="language" value="{0}" lang="{0}"{1}>{2}</button>', buttons
    )


@register.simple_tag
def greeting(user: Any) -> str:
    """The word of the time of day and the person's first name: "Good morning, Lea"."""
    hour = timezone.localtime(clock.now()).hour
    if hour < 11:
        words = gettext("Good morning, %(name)s")
    elif hour < 18:
        words = gettext("Good day, %(name)s")
    else:
        words = gettext("Good evening, %(name)s")
    return words % {"name": user.get_short_name()}


@register.simple_block_tag(end_name="endnote")
def note(content: str, tone: str = "", css: str = "") -> SafeString:
    """One sentence that matters; with tone "stop" it is read aloud at once."""
    role = format_html(' role="{}"', "alert" if tone == "stop" else "status") if tone in ("stop", "done") else ""
    shade = format_html(' data-tone="{}"', tone) if tone else ""
    return format_html('<div class="wg-note{}"{}{}>{}</div>', css and f" {css}", shade, role, content)


@register.simple_block_tag(end_name="endsection")
def section(content: str, title: str, side: bool = False, id: str = "", css: str = "") -> SafeString:
    """An ink rule, the title, the matter; with `side` the title stands at the left."""
    return format_html(
        '<section class="wg-sec{}{}"{}><h2>{}</h2><div>{}</div></section>',
        " wg-sec-side" if side else "",
        css and f" {css}",
        format_html(' id="{}"', id) if id else "",
        title,
        content,
    )


@register.simple_block_tag(end_name="endpage_head", takes_context=True)
def page_head(context: Any, content: str, title: str, **about: Any) -> str:
    """Where am I, what is this, what can I do: the content is the buttons.

    Also takes parent and parent_url, crumb, lead, status (a pill) and sub.
    """
    about |= {"title": title, "actions": content if content.strip() else ""}
    return context.template.engine.get_template("components/page_head.html").render(context.new(about))


def _attributes(bound: forms.BoundField, extra: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a field's control: our class, what describes it, what the page adds."""
    widget = bound.field.widget
    base = "form-select" if isinstance(widget, SELECTS) else "form-control"
    if isinstance(widget, CHECKBOXES):
        base = "form-check-input"
    css = [base, widget.attrs.get("class", "")]
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_help")
    if bound.errors:
        css.append("is-invalid")
        described.append(f"{bound.auto_id}_error")
    attrs = {"class": " ".join(filter(None, css))}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return attrs | {name.replace("_", "-"): value for name, value in extra.items()}


def _options(bound: forms.BoundField) -> list[dict[str, Any]]:
    """The rows of a group of radio buttons or checkboxes, each with its small line."""
    widget = bound.field.widget
    attrs = bound.build_widget_attrs({"id": bound.auto_id}, widget)
    small = getattr(bound.field, "choice_help", {})
    return [
        option | {"id": option["attrs"].get("id"), "help": small.get(str(option["value"]), "")}
        for option in widget.subwidgets(bound.html_name, bound.value(), attrs)
    ]


@register.simple_tag
def control(bound: forms.BoundField, help: str = "", **extra: Any) -> SafeString:
    """A field's control alone, where a page writes label, help and error itself, with the ids of `field`.

    Further names become attributes, `_` read as `-`; what is empty is left out.
    """
    bound.help_text = help
    return bound.as_widget(attrs=_attributes(bound, {name: value for name, value in extra.items() if value}))


@register.inclusion_tag("components/field.html")
def field(
    bound: forms.BoundField, label: str | None = None, help: str | None = None, asked: bool = False, **extra: Any
) -> dict[str, Any]:
    """A form field: label, help, error, control; further names become attributes, `_` read as `-`.

    `asked`: needed by what else was answered, so not called optional.
    """
    widget = bound.field.widget
    if help is not None:
        bound.help_text = help
    kind = "control"
    if widget.is_hidden:
        kind = "hidden"
    elif isinstance(widget, GROUPS):
        kind = "group"
    elif isinstance(widget, CHECKBOXES):
        kind = "check"
    options = _options(bound) if kind == "group" else []
    return {
        "field": bound,
        "kind": kind,
        "label": bound.label if label is None else label,
        "control": "" if kind == "group" else bound.as_widget(attrs=_attributes(bound, extra)),
        "options": options,
        "rows": any(option["help"] for option in options),
        "optional": not bound.field.required and not asked and kind != "check",
        "described": " ".join(
            part
            for part in (
                f"{bound.auto_id}_help" if bound.help_text else "",
                f"{bound.auto_id}_error" if bound.errors else "",
            )
            if part
        ),
    }


@register.simple_tag
def filter_field(bound: forms.BoundField, **extra: Any) -> SafeString:
    """A field of a list's search or filter: everything there is optional, so it goes without saying.

    Empty, or with one of its choices, it is written once per language: Django renders each option by a template.
    """
    value = "" if bound.value() is None else str(bound.value())
    choices = tuple(str(choice) for choice, _label in getattr(bound.field, "choices", ()))
    key = (type(bound.form), bound.name, get_language(), value, choices)
    if bound.errors or (value and value not in choices):
        return _write_filter_field(bound, extra)
    if key not in WRITTEN:
        WRITTEN[key] = _write_filter_field(bound, extra)
    return WRITTEN[key]


def _write_filter_field(bound: forms.BoundField, extra: dict[str, Any]) -> SafeString:
    return render_to_string("components/field.html", field(bound, **extra) | {"optional": False})


@register.inclusion_tag("components/error_summary.html")
def error_summary(*bound_forms: forms.BaseForm) -> dict[str, Any]:
    """What is to be mended, on top, each line a link to its field; nothing when all is well.

    A form with a `section` has it said before its labels: another form on the page has such fields, too.
    """
    lines = []
    for form in bound_forms:
        lines += [{"text": text} for text in form.non_field_errors()]
        for bound in form:
            if bound.errors:
                target = bound.id_for_label
                if isinstance(bound.field.widget, GROUPS):
                    target = f"{bound.auto_id}_0"
                section = getattr(form, "section", "")
                label = f"{section}, {bound.label}" if section else str(bound.label)
                lines += [{"target": target, "text": _labelled(label, text)} for text in bound.errors]
    return {
        "lines": lines,
        "heading": ngettext(
            "One thing to mend before you go on", "%(count)s things to mend before you go on", len(lines)
        )
        % {"count": spelled(len(lines)).capitalize()},
    }


def _labelled(label: str, text: object) -> str:
    """An error after the name of its field, all of a list in one form: "Postcode: four digits".

    A label that is a question or a sentence gives up its last sign for the colon, an abbreviation keeps its point.
    """
    words = label.removesuffix("?").rstrip()
    if words.count(" ") > 2:
        words = words.removesuffix(".")
    return gettext("%(label)s: %(text)s") % {"label": words, "text": text}


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """All fields of a short form, one under the other, with the error summary."""
    return {"form": form}


@register.inclusion_tag("components/sort.html", takes_context=True)
def sort(context: Any, column: str, label: str, css: str = "") -> dict[str, Any]:
    """A table head that sorts: `?sort=column`, then `?sort=-column`; needs the page's `request`."""
    now = context["request"].GET.get("sort", "")
    query = context["request"].GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    query["sort"] = f"-{column}" if now == column else column
    direction = {column: "ascending", f"-{column}": "descending"}.get(now, "")
    arrow = {"ascending": "arrow-up-short", "descending": "arrow-down-short"}.get(direction, "")
    return {"label": label, "css": css, "direction": direction, "arrow": arrow, "url": f"?{query.urlencode()}"}
