# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A mail server on this machine that takes, refuses or drops mails as it is told."""

import contextlib
import socketserver
import threading
from email import message_from_bytes, policy


class Handler(socketserver.StreamRequestHandler):
    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        self._say("220 sink ESMTP")
        envelope = {"from": "", "to": []}
        for line in self.rfile:
            command = line.decode(errors="replace").strip()
            verb = command.split(":")[0].split(" ")[0].upper()
            if verb == self.server.hang_up_at:
                return
            if verb == "RCPT" and self._get_address(command) in self.server.refused:
                self._say("451 later")
            elif verb in self.server.replies:
                self._say(self.server.replies[verb])
            elif verb == "DATA":
                self._say("354 go on")
                self._take(envelope)
                envelope = {"from": "", "to": []}
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                if verb == "MAIL":
                    envelope["from"] = command.partition(":")[2].split()[0]
                elif verb == "RCPT":
                    envelope["to"].append(self._get_address(command))
                self._say("250 ok")

    def _get_address(self, command):
        return command.partition(":")[2].strip("<> ")

    def _take(self, envelope):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        content = b"".join(lines)
        self.server.mails.append(
            {
                **envelope,
                "content": content,
                "message": message_from_bytes(content, policy=policy.default),
            }
        )
        self._say("250 taken")


class SmtpSink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mails = []
        self.replies = {}
        self.refused = set()  # addresses that it does not take for now
        self.hang_up_at = None

    @property
    def port(self):
        return self.server_address[1]


@contextlib.contextmanager
def smtp_sink():
    with SmtpSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
