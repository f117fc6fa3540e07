"""A wire to a server that a test can cut or freeze."""

import asyncio
from contextlib import suppress


class CutWire:
    """A TCP proxy on 127.0.0.1. `cut` drops every connection and refuses new ones, `freeze` lets nothing through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Drop everything."""
        self.cut()
        if self._server:
            self._server.close()

    def cut(self) -> None:
        """As if the server had gone."""
        self._is_cut = True
        self._flows.set()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def freeze(self) -> None:
        """As if the server had been stopped in its tracks."""
        self._flows.clear()

    def mend(self) -> None:
        """All is well again."""
        self._is_cut = False
        self._flows.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._ends |= {writer, far_writer}
        with suppress(OSError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            await self._flows.wait()
            writer.write(chunk)
            await writer.drain()
        writer.close()
