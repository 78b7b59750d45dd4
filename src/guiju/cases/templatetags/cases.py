"""What a form shows again after a refusal: nobody loses a typed word."""

from django import template
from django.template.context import Context

from guiju.kernel.power import Field

register = template.Library()


@register.simple_tag(takes_context=True)
def typed(context: Context, field: Field) -> str:
    """What was typed into a field before, if anything was."""
    posted = context.get("typed") or {}
    return str(posted.get(f"f-{field.id}", ""))
