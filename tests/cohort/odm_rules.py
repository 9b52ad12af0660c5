"""CDISC's rules of structure for an ODM 1.3.2 file, as far as tables use it; from the standard."""

import datetime as dt

from defusedxml import ElementTree

NS = "{http://www.cdisc.org/ns/odm/v1.3}"
REQUIRED = {
    "ODM": "FileType FileOID CreationDateTime",
    "Study": "OID",
    "MeasurementUnit": "OID Name",
    "MetaDataVersion": "OID Name",
    "StudyEventRef": "StudyEventOID Mandatory",
    "StudyEventDef": "OID Name Repeating Type",
    "FormRef": "FormOID Mandatory",
    "FormDef": "OID Name Repeating",
    "ItemGroupRef": "ItemGroupOID Mandatory",
    "ItemGroupDef": "OID Name Repeating",
    "ItemRef": "ItemOID Mandatory",
    "ItemDef": "OID Name DataType",
    "CodeList": "OID Name DataType",
    "CodeListItem": "CodedValue",
    "ClinicalData": "StudyOID MetaDataVersionOID",
    "SubjectData": "SubjectKey",
    "StudyEventData": "StudyEventOID",
    "FormData": "FormOID",
    "ItemGroupData": "ItemGroupOID",
    "ItemData": "ItemOID",
}
CHILDREN = {
    "ODM": "Study ClinicalData",
    "Study": "GlobalVariables BasicDefinitions MetaDataVersion",
    "GlobalVariables": "StudyName StudyDescription ProtocolName",
    "BasicDefinitions": "MeasurementUnit",
    "MeasurementUnit": "Symbol",
    "MetaDataVersion": "Protocol StudyEventDef FormDef ItemGroupDef ItemDef CodeList",
    "StudyEventDef": "FormRef",
    "FormDef": "ItemGroupRef",
    "ItemGroupDef": "ItemRef",
    "ItemDef": "Description MeasurementUnitRef RangeCheck CodeListRef",
    "CodeList": "CodeListItem",
    "CodeListItem": "Decode",
    "ClinicalData": "SubjectData",
    "SubjectData": "StudyEventData",
    "StudyEventData": "FormData",
    "FormData": "ItemGroupData",
    "ItemGroupData": "ItemData",
}
"""What may lie in what, in this order."""

KINDS = {"integer": int, "float": float, "date": dt.date.fromisoformat, "text": str}


def faults(content):
    """Every rule that a file breaks."""
    root = ElementTree.fromstring(content)
    return [*_shape(root), *_references(root), *_values(root)]


def _local(node):
    assert node.tag.startswith(NS), node.tag
    return node.tag.removeprefix(NS)


def _shape(root):
    if _local(root) != "ODM" or root.get("ODMVersion") != "1.3.2":
        yield "no ODM 1.3.2"
    dt.datetime.fromisoformat(root.get("CreationDateTime"))
    for node in root.iter():
        tag, inside = _local(node), [_local(child) for child in node]
        lacking = set(REQUIRED.get(tag, "").split()) - set(node.attrib)
        if lacking:
            yield f"{tag} lacks {lacking}"
        if tag in CHILDREN:
            order = CHILDREN[tag].split()
            if not set(inside) <= set(order) or inside != sorted(inside, key=order.index):
                yield f"{tag} holds {inside}"


def _references(root):
    for kind in ("StudyEvent", "Form", "ItemGroup", "Item", "CodeList"):
        tag = kind if kind == "CodeList" else f"{kind}Def"
        defined = [node.get("OID") for node in root.iter(f"{NS}{tag}")]
        if len(set(defined)) < len(defined):
            yield f"two {tag} have one OID"
        for use in ("Ref", "Data"):
            for node in root.iter(f"{NS}{kind}{use}"):
                if node.get(f"{kind}OID") not in defined:
                    yield f"{kind}{use} to {node.get(f'{kind}OID')}"


def _values(root):
    items = {node.get("OID"): node for node in root.iter(f"{NS}ItemDef")}
    lists = root.iter(f"{NS}CodeList")
    codes = {node.get("OID"): [one.get("CodedValue") for one in node] for node in lists}
    for data in root.iter(f"{NS}ItemData"):
        item, value = items[data.get("ItemOID")], data.get("Value")
        KINDS[item.get("DataType")](value)
        listed = item.find(f"{NS}CodeListRef")
        if listed is not None and value not in codes[listed.get("CodeListOID")]:
            yield f"{value} is no code of {item.get('OID')}"
        if len(value) > int(item.get("Length", len(value))):
            yield f"{value} is longer than {item.get('OID')} may be"
    repeating = {
        node.get("OID"): node.get("Repeating") == "Yes" for node in root.iter(f"{NS}FormDef")
    }
    for subject in root.iter(f"{NS}SubjectData"):
        forms = [
            (one.get("FormOID"), one.get("FormRepeatKey")) for one in subject.iter(f"{NS}FormData")
        ]
        if len(set(forms)) < len(forms):
            yield "a form is there twice"
        for oid, key in forms:
            if repeating[oid] != (key is not None):
                yield f"{oid} repeats and has no key, or the other way"
