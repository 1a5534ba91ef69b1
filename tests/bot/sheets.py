"""Spreadsheets of an office, as somebody types them in: units, people, items."""

UNIT_HEADER = ("编码", "单位", "电话", "职责")
UNITS = (UNIT_HEADER, ("zhujian", "住建局", "0000-6100001", "管房屋建设"), ("shuiwu", "税务局", "12366", "管纳税"))
PEOPLE_HEADER = ("姓名", "手机", "角色", "单位", "项目")
PEOPLE = (
    PEOPLE_HEADER,
    ("张三", 13800000011.0, "联络员", "住建局", None),
    ("张三", "138 0000 0011", "handler", "zhujian", None),
    ("李四", "+86 138-0000-0012", "Administrator", "优化办", None),
    ("王五", 13800000013, "inspector", None, "产业园"),
)
ITEM_HEADER = ("编码", "事项", "单位", "步骤", "材料", "时限（工作日）")
ITEMS = (
    ITEM_HEADER,
    ("s-1", "施工许可", "zhujian", "受理\n审核", "申请表", 5),
    ("s-2", "夜间施工", "住建局", "", "", None),
)
