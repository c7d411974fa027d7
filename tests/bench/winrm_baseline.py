#!/usr/bin/python3
"""The loop that a QA team writes without a harness: one guest after the other, one keep-alive session per host.

Moves the standalone guests of a served lab round its hosts through python3-winrm and prints one line of JSON with what it
did and how long it took. It makes the calls that the harness makes: start the migration, ask for its job until it is over,
look for the guest on the destination.
"""
import argparse
import json
import time
import uuid
import xml.etree.ElementTree as ElementTree

import winrm

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
}
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
ENUMERATE = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
FINISHED = {"7", "8", "9", "10", "32768"}


def envelope(uri, action, body, selectors=()):
    chosen = "".join(f'<w:Selector Name="{name}">{value}</w:Selector>' for name, value in selectors)
    declared = " ".join(f'xmlns:{prefix}="{uri_}"' for prefix, uri_ in NAMESPACES.items())
    return (f'<s:Envelope {declared}><s:Header>'
            f'<a:To>http://windows-host:5985/wsman</a:To><w:ResourceURI s:mustUnderstand="true">{uri}</w:ResourceURI>'
            f'<a:ReplyTo><a:Address s:mustUnderstand="true">{ANONYMOUS}</a:Address></a:ReplyTo>'
            f'<a:Action s:mustUnderstand="true">{action}</a:Action>'
            f'<w:MaxEnvelopeSize s:mustUnderstand="true">153600</w:MaxEnvelopeSize>'
            f'<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>'
            f'<w:OperationTimeout>PT20S</w:OperationTimeout><w:SelectorSet>{chosen}</w:SelectorSet>'
            f'</s:Header><s:Body>{body}</s:Body></s:Envelope>')


class Host:
    """One host, one session."""

    def __init__(self, name, address, user, password):
        self.name = name
        self.requests = 0
        self.protocol = winrm.Protocol(endpoint=f"http://{address}/wsman", transport="plaintext", username=user,
                                       password=password)

    def send(self, message):
        self.requests += 1
        return ElementTree.fromstring(self.protocol.send_message(message))

    def query(self, wql):
        body = (f'<n:Enumerate xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><w:OptimizeEnumeration/>'
                f'<w:MaxElements>100</w:MaxElements><w:Filter Dialect="{WQL}">{wql}</w:Filter></n:Enumerate>')
        root = self.send(envelope(WMI + "*", ENUMERATE, body))
        items = root.find(".//w:Items", NAMESPACES)
        return [] if items is None else [
            {child.tag.split("}")[1]: child.text for child in item} for item in items]

    def migrate(self, guest, destination):
        uri = WMI + "Msvm_VirtualSystemMigrationService"
        settings = ('&lt;INSTANCE CLASSNAME="Msvm_VirtualSystemMigrationSettingData"&gt;'
                    '&lt;PROPERTY NAME="MigrationType" TYPE="uint16"&gt;&lt;VALUE&gt;32768&lt;/VALUE&gt;&lt;/PROPERTY&gt;'
                    '&lt;/INSTANCE&gt;')
        body = (f'<p:MigrateVirtualSystemToHost_INPUT xmlns:p="{uri}"><p:ComputerSystem><a:Address>{ANONYMOUS}</a:Address>'
                f'<a:ReferenceParameters><w:ResourceURI>{WMI}Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>'
                f'<w:Selector Name="CreationClassName">Msvm_ComputerSystem</w:Selector>'
                f'<w:Selector Name="Name">{guest}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ComputerSystem>'
                f'<p:DestinationHost>{destination}</p:DestinationHost>'
                f'<p:MigrationSettingData>{settings}</p:MigrationSettingData></p:MigrateVirtualSystemToHost_INPUT>')
        selectors = [("CreationClassName", "Msvm_VirtualSystemMigrationService"), ("Name", "migrationwmi"),
                     ("SystemCreationClassName", "Msvm_ComputerSystem"), ("SystemName", self.name)]
        root = self.send(envelope(uri, uri + "/MigrateVirtualSystemToHost", body, selectors))
        values = [element.text for element in root.iter() if element.tag.endswith("}ReturnValue")]
        if values not in (["4096"], ["0"]):
            raise RuntimeError(f"{self.name} refused to move {guest}: {values}")
        job = root.find(".//w:Selector[@Name='InstanceID']", NAMESPACES)
        return None if job is None else job.text


def move(source, destination, guest, pause):
    job = source.migrate(guest, destination.name)
    while job is not None:
        rows = source.query(f"SELECT * FROM Msvm_MigrationJob WHERE InstanceID='{job}'")
        if not rows or rows[0]["JobState"] in FINISHED:
            break
        time.sleep(pause)
    rows = destination.query(f"SELECT Name,EnabledState FROM Msvm_ComputerSystem WHERE Name='{guest}'")
    return bool(rows) and rows[0]["EnabledState"] == "2"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hosts", nargs="+", metavar="NAME=ADDRESS:PORT")
    parser.add_argument("--user", default="LAB\\migstorm")
    parser.add_argument("--password", default="not-a-secret")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60, help="stop after that long")
    parser.add_argument("--pause", type=float, default=0, help="real seconds between two looks at a job")
    options = parser.parse_args()

    hosts = [Host(*pair.split("=", 1), options.user, options.password) for pair in options.hosts]
    guests = [(row["Name"], index) for index, host in enumerate(hosts)
              for row in host.query("SELECT Name,EnabledState FROM Msvm_ComputerSystem WHERE Caption='Virtual Machine'")]
    before = sum(host.requests for host in hosts)
    began = time.monotonic()
    done = landed = 0
    while done < options.moves and time.monotonic() - began < options.seconds:
        guest, at = guests[done % len(guests)]
        to = (at + 1) % len(hosts)
        if move(hosts[at], hosts[to], guest, options.pause):
            landed += 1
            guests[done % len(guests)] = (guest, to)
        done += 1
    seconds = time.monotonic() - began
    requests = sum(host.requests for host in hosts) - before
    print(json.dumps({"moves": done, "landed": landed, "seconds": round(seconds, 3), "moves_per_second": round(done / seconds, 2),
                      "requests": requests, "requests_per_move": round(requests / done, 2)}))


if __name__ == "__main__":
    main()
