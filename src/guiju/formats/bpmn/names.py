"""The words of the standard that are understood, and the words for them in front of people."""

from enum import Enum, auto

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:guiju:power:1"


class Kind(Enum):
    """What a node of the flow does to tokens."""

    START = auto()
    END = auto()
    EVENT = auto()  # caught or thrown on the way
    BOUNDARY = auto()
    TASK = auto()
    EXCLUSIVE = auto()
    PARALLEL = auto()
    INCLUSIVE = auto()
    EVENT_BASED = auto()
    SUBPROCESS = auto()
    CALL = auto()
    OTHER = auto()  # kept, never executed


KINDS = {
    "startEvent": Kind.START,
    "endEvent": Kind.END,
    "intermediateCatchEvent": Kind.EVENT,
    "intermediateThrowEvent": Kind.EVENT,
    "boundaryEvent": Kind.BOUNDARY,
    "task": Kind.TASK,
    "userTask": Kind.TASK,
    "manualTask": Kind.TASK,
    "serviceTask": Kind.TASK,
    "scriptTask": Kind.TASK,
    "sendTask": Kind.TASK,
    "receiveTask": Kind.TASK,
    "businessRuleTask": Kind.TASK,
    "exclusiveGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "inclusiveGateway": Kind.INCLUSIVE,
    "eventBasedGateway": Kind.EVENT_BASED,
    "subProcess": Kind.SUBPROCESS,
    "callActivity": Kind.CALL,
    "complexGateway": Kind.OTHER,
    "transaction": Kind.OTHER,
    "adHocSubProcess": Kind.OTHER,
    "implicitThrowEvent": Kind.OTHER,
    "choreographyTask": Kind.OTHER,
    "subChoreography": Kind.OTHER,
    "callChoreography": Kind.OTHER,
}
"""All flow nodes of the standard."""

WORDS = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关",
    "subProcess": "子流程",
    "callActivity": "调用活动",
    "transaction": "事务子流程",
    "adHocSubProcess": "特设子流程",
    "implicitThrowEvent": "隐式抛出事件",
    "choreographyTask": "编排任务",
    "subChoreography": "编排子流程",
    "callChoreography": "编排调用",
}
"""What is not here is a task 任务."""

DEFINITIONS = {
    "messageEventDefinition": "消息",
    "timerEventDefinition": "定时",
    "errorEventDefinition": "错误",
    "terminateEventDefinition": "终止",
    "signalEventDefinition": "信号",
    "linkEventDefinition": "链接",
    "escalationEventDefinition": "升级",
    "conditionalEventDefinition": "条件",
    "compensateEventDefinition": "补偿",
    "cancelEventDefinition": "取消",
    "eventDefinitionRef": "引用",
}
"""What triggers an event; no child of these names: nothing does, it is a none event."""

EXECUTED = {
    "startEvent": {"", "消息", "定时"},
    "endEvent": {"", "消息", "终止", "错误"},
    "intermediateCatchEvent": {"消息", "定时"},
    "intermediateThrowEvent": {"", "消息"},
    "boundaryEvent": {"消息", "定时", "错误"},
}
"""The triggers with which an event is executed."""

BESIDE = frozenset(
    (
        *("dataObject", "dataObjectReference", "dataStoreReference", "association", "group"),
        *("textAnnotation", "laneSet", "documentation", "extensionElements", "property"),
        *("ioSpecification", "ioBinding", "resourceRole", "performer", "humanPerformer"),
        *("potentialOwner", "auditing", "monitoring", "artifact", "supports", "outgoing"),
        *("incoming", "dataInputAssociation", "dataOutputAssociation", "correlationSubscription"),
        *(
            "standardLoopCharacteristics",
            "multiInstanceLoopCharacteristics",
            "script",
            "rendering",
        ),
        *("completionCondition", "participantAssociation"),
    )
)
"""Children of a process or a sub-process that no token passes."""
