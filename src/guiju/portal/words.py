"""What is said of receipts and entries: one wording for the server and for the browser.

The page hands ``WORDS`` to ``verify.js`` as it stands. {names} in braces are filled in by either.
"""

from django.conf import settings

KINDS = {
    "act": "办件痕迹",
    "publish": "公布职权版本",
    "list": "公布权力清单",
    "calendar": "公布工作日历",
    "erase": "依法删除当事人资料",
    "restore": "从备份恢复数据库,如实记录",
}
GROUPS = {
    "party": "当事人",
    "applicant": "申请人",
    "helper": "代办人",
    "shown": "公开的表单项",
    "facts": "填写的内容",
    "documents": "材料(名称和文件的校验值)",
    "words": "理由等文字",
    "reason": "理由",
    "items": "补正事项",
    "branches": "走的分支",
    "assignee": "交给谁办",
}
OUTCOMES = {
    "ask_opinion": "请别人提意见",
    "give_opinion": "提出意见",
    "hand_over": "转交办理",
}
FACTS = {
    "kind": "种类",
    "power": "职权",
    "step": "办了什么",
    "post": "岗位",
    "at": "时间",
    "subject": "本件在日志里的代号",
    "seq": "本件第几条",
    "place": "日志里的位置",
}
CHECKS = {
    "form": "回执的写法",
    "signature": "日志的签名",
    "inclusion": "这一条在日志里的位置",
    "opened": "打开的内容:{group}",
    "log": "现在公布的日志",
    "leaf": "纸上的校验码",
    "memory": "这台设备以前看到的日志",
    "text": "职权版本的文本",
    "document": "文件",
}
SAID = {
    "good_receipt": "是真的:这件事记在公开的日志里,没有被改动",
    "good_paper": "是真的:纸上这一条记在公开的日志里,没有被改动",
    "bad": "对不上:{name}",
    "unsure": "现在还不能下结论:{name}没有查成",
    "signature": "“{origin}”的检查点,共{size}条,签名正确",
    "cosigned": ";另有{count}个见证人的签名正确",
    "inclusion": "第{index}条,从这一条一步一步算到签过名的根,结果相同",
    "not_included": "从这一条算出的根与签过名的不同:条目、序号或者证明被改动过",
    "opened": "与条目里留下的承诺值一致",
    "not_opened": "与条目里留下的承诺值不一致:内容被改动过",
    "log": "日志从{old}条长到{new}条,只在后面追加,前面的没有改",
    "log_same": "日志还是{new}条,与现在公布的完全相同",
    "log_forked": "现在公布的日志不是由它长出来的:日志被改写过。请留好回执,向监督机构反映",
    "log_shorter": "现在公布的日志只有{new}条,比它的{old}条还少:日志被截短或改写过",
    "log_unread": "没有读到现在公布的日志({why}),只核对了回执本身",
    "no_log": "这里没有{year}年的日志",
    "beyond": "日志现在只有{size}条,没有第{index}条",
    "leaf": "与日志里第{index}条一致",
    "not_leaf": "日志里第{index}条是另一条,不是纸上写的这一条:纸被改动过,或者抄错了",
    "text": "与条目里写的校验值一致",
    "not_text": "与条目里写的校验值不一致,下面的名称不可信",
    "memory": "上次看到{old}条,现在{new}条,只追加、没有改",
    "first": "第一次看到,已经记住{new}条时的样子,下次来会核对有没有被改写",
    "key_changed": "日志的公钥和上次看到的不一样。如果没有公告过换钥,请向监督机构反映",
    "found": "“{file}”就是第{index}条里记的“{kind}”,一个字节也不差",
    "not_found": "“{file}”不在核对过的回执所打开的材料里。"
    "可能不是这份文件,也可能文件被改动过,或者要选另一步的回执",
    "no_receipt": "请先核对写着这份材料的回执,再选文件",
    "failed_receipt": "选的回执都没有通过核对,不能用来核对文件",
    "file_too_big": "文件太大:一次最多{limit}",
    "no_file": "请选择回执文件(名字以 .tlog-proof 结尾)",
    "not_numbers": "请把年份、序号和64位校验码填完整。校验码只有数字和字母 a 到 f",
    "by_server": "由本网站的服务器核对",
    "by_browser": "由您的浏览器自己核对,选的文件没有发出去",
    "unsigned": "没有认得的日志签名,或者签名不对",
    "day_only": "(敏感事项只公布到日)",
    "opinion": "(加签意见)",
    "checking": "正在核对 …",
}
WORDS = {
    "kinds": KINDS,
    "groups": GROUPS,
    "outcomes": OUTCOMES,
    "facts": FACTS,
    "checks": CHECKS,
    "said": SAID,
    "zone": settings.TIME_ZONE,
}
