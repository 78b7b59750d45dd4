"""By what the law sorts powers: their category, their measures, the level of their bases."""

from enum import StrEnum


class Category(StrEnum):
    """The nine kinds of power and the rest, "9+X", in the order of the national code."""

    LICENCE = "许可"
    PENALTY = "处罚"
    COERCION = "强制"
    LEVY = "征收"
    PAYMENT = "给付"
    INSPECTION = "检查"
    CONFIRMATION = "确认"
    AWARD = "奖励"
    RULING = "裁决"
    OTHER = "其他"


class Measure(StrEnum):
    """What a penalty or a coercion does to people, in the words of the law.

    Source: 行政处罚法第九条, 行政强制法第九条, 第十二条.
    """

    WARNING = "警告"
    CRITICISM = "通报批评"
    FINE = "罚款"
    CONFISCATION_OF_GAINS = "没收违法所得"
    CONFISCATION_OF_GOODS = "没收非法财物"
    SUSPENSION_OF_PERMIT = "暂扣许可证件"
    DEMOTION = "降低资质等级"
    REVOCATION_OF_PERMIT = "吊销许可证件"
    REVOCATION_OF_BUSINESS_LICENCE = "吊销营业执照"
    RESTRICTION_OF_BUSINESS = "限制开展生产经营活动"
    HALT_OF_BUSINESS = "责令停产停业"
    CLOSURE = "责令关闭"
    BAN_FROM_PROFESSION = "限制从业"
    DETENTION = "行政拘留"
    OTHER_PENALTY = "其他行政处罚"
    RESTRICTION_OF_FREEDOM = "限制公民人身自由"
    SEALING = "查封"
    SEIZURE = "扣押"
    FREEZING = "冻结存款、汇款"
    OTHER_COERCION = "其他行政强制措施"
    SURCHARGE = "加处罚款或者滞纳金"
    TRANSFER = "划拨存款、汇款"
    AUCTION = "拍卖或者依法处理"
    CLEARANCE = "排除妨碍、恢复原状"
    PERFORMANCE = "代履行"
    OTHER_EXECUTION = "其他强制执行方式"


class LawLevel(StrEnum):
    """The level of a legal basis, which decides what the basis may set up."""

    LAW = "法律"
    REGULATION = "行政法规"
    DECISION = "国务院决定"
    LOCAL_REGULATION = "地方性法规"
    PROVINCIAL_RULE = "省级政府规章"
    DEPARTMENT_RULE = "部门规章"
    LOCAL_RULE = "地方政府规章"
    DOCUMENT = "规范性文件"
    AUTONOMY = "村民自治制度"
