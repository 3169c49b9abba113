"""Passes TCP connections on, each piece of them so many seconds later: a long line where the kernel
has no netem.    relay.py LISTEN-ADDRESS TARGET-ADDRESS PORT SECONDS"""

import asyncio
import sys

listen, target, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])


async def pump(reader, writer):
    """Reads on while earlier pieces still wait: the line is long, not narrow."""
    queue = asyncio.Queue()
    clock = asyncio.get_running_loop().time

    async def deliver():
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(0, due - clock()))
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()

    delivery = asyncio.create_task(deliver())
    try:
        while True:
            piece = await reader.read(65536)
            queue.put_nowait((clock() + seconds, piece))
            if not piece:
                break
        await delivery
    except OSError:
        writer.close()
        delivery.cancel()


async def connected(reader, writer):
    try:
        far_reader, far_writer = await asyncio.open_connection(target, port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def main():
    server = await asyncio.start_server(connected, listen, port)
    await server.serve_forever()

asyncio.run(main())
