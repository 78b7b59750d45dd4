"""What templates ask for: lights, and what was typed before."""

from django import template
from django.template.context import Context

from guiju.kernel.lights import Light, Standing
from guiju.kernel.power import Field, FieldKind
from guiju.kernel.rules import Unit

register = template.Library()
SHAPES = {
    Light.BLUE: ("●", "办理中"),
    Light.YELLOW: ("▲", "提醒"),
    Light.RED: ("■", "超期"),
    Light.GREEN: ("✔", "按时办结"),
    Light.GREY: ("‖", "停止计时"),
}


@register.inclusion_tag("look/light.html")
def light(standing: Standing) -> dict[str, object]:
    """A light as colour, shape and word together, and the days that are left."""
    shape, word = SHAPES[standing.light]
    return {"standing": standing, "shape": shape, "word": word, "days": days_left(standing)}


def days_left(standing: Standing) -> str:
    """How much time is left, in words."""
    if standing.left is None or standing.light in (Light.GREEN, Light.GREY):
        return ""
    unit = "个工作日" if standing.unit is Unit.WORKING_DAY else "天"
    if standing.left < 0:
        return f"已超{-standing.left}{unit}"
    return f"还剩{standing.left}{unit}"


@register.simple_tag(takes_context=True)
def typed(context: Context, field: Field) -> str | list[str]:
    """What was typed into a field before a refusal: nobody loses a typed word."""
    values = ticked(context, f"f-{field.id}")
    return values if field.kind is FieldKind.CHOICES else "".join(values[-1:])


@register.simple_tag(takes_context=True)
def said(context: Context, part: str, key: str) -> str:
    """What was said before a refusal of somebody who takes part."""
    return "".join(ticked(context, f"{part}-{key}")[-1:])


@register.simple_tag(takes_context=True)
def ticked(context: Context, name: str) -> list[str]:
    """All that was chosen under a name before a refusal."""
    posted = context.get("typed")
    return list(posted.getlist(name)) if posted else []
