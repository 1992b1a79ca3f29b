using System.Globalization;
using System.Net.Sockets;
using Beam.Testing;

namespace Beam.Conformance;

/// <summary>One transfer of a soak: random size, pace and death, over two raw HTTP/1.1 connections.</summary>
internal sealed class SoakPair(BeamHost host, int seed, int mostBytes)
{
    private readonly Random _random = new(seed);

    public async Task<SoakReport> RunAsync()
    {
        var total = (int)(mostBytes * Math.Pow(_random.NextDouble(), 3)) + 1;
        var dies = _random.Next(4);
        int? senderDiesAt = dies == 0 ? _random.Next(total) : null;
        int? receiverDiesAt = dies == 1 ? _random.Next(total) : null;
        var path = $"/{await host.MintAsync()}/file.bin?wait=5";

        var receiving = ReceiveAsync(path, receiverDiesAt);
        var answer = await SendAsync(path, total, senderDiesAt);
        var (bytes, isComplete) = await receiving;

        var hasAll = isComplete && bytes.Length == total;
        var isTold = answer.StartsWith("200 confirmed", StringComparison.Ordinal)
            || answer.StartsWith("200 sent", StringComparison.Ordinal);
        var isHealthy = senderDiesAt is null && receiverDiesAt is null;
        return new SoakReport(
            Delivered: hasAll && isTold ? 1 : 0,
            Broken: !isHealthy && !(hasAll && isTold) ? 1 : 0,
            WrongBytes: TestBytes.FindMismatch(seed, 0, bytes) >= 0 ? 1 : 0,
            FalseSuccesses: answer.StartsWith("200 confirmed", StringComparison.Ordinal) && !hasAll ? 1 : 0,
            TruncatedAsComplete: isComplete && bytes.Length < total ? 1 : 0,
            Lost: isHealthy && !(hasAll && isTold) ? 1 : 0)
        {
            Loss = isHealthy && !(hasAll && isTold)
                ? $"sender: \"{answer}\", receiver: {bytes.Length} of {total} bytes, complete: {isComplete}"
                : "",
        };
    }

    private async Task<RawHttpClient> ConnectAsync() => await RawHttpClient.ConnectAsync(new Uri(host.Http1Url).Port);

    private async Task<string> SendAsync(string path, int total, int? diesAt)
    {
        using var client = await ConnectAsync();
        var hasLength = _random.Next(2) == 0;
        var framing = hasLength ? $"Content-Length: {total.ToString(CultureInfo.InvariantCulture)}" : "Transfer-Encoding: chunked";
        try
        {
            await client.SendAsync($"PUT {path} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
            for (int sent = 0, end = diesAt ?? total; sent < end;)
            {
                var piece = TestBytes.Create(seed, Math.Min(end - sent, 1 + _random.Next(100_000)), sent);
                await (hasLength ? client.SendAsync(piece) : client.SendChunkAsync(piece));
                sent += piece.Length;
                await Task.Yield();
            }

            if (diesAt is not null)
            {
                client.Reset();
                return "";
            }

            if (!hasLength)
            {
                await client.SendChunkAsync(ReadOnlyMemory<byte>.Empty);
            }

            var head = await client.ReadHeadAsync();
            return $"{head.Status} {(await client.ReadBodyAsync(head)).Text}";
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            // Refused in the middle of the upload.
            return "";
        }
    }

    private async Task<(byte[] Bytes, bool IsComplete)> ReceiveAsync(string path, int? diesAt)
    {
        using var client = await ConnectAsync();
        try
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var head = await client.ReadHeadAsync();
            if (head.Status != 200)
            {
                return ([], false);
            }

            if (diesAt is null)
            {
                var body = await client.ReadBodyAsync(head);
                return (body.Bytes, body.IsComplete);
            }

            if (head["Content-Length"] is not null)
            {
                await client.ReadAsync(diesAt.Value);
            }

            // Always a reset: it has not got everything, and its system cannot say otherwise.
            client.Reset();
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            // The sender had died before.
        }

        return ([], false);
    }
}
