using System.Globalization;

namespace Beam.Conformance.Tests;

/// <summary>A running transfer between two raw connections, half of which has come through.</summary>
internal sealed class RawPair : IDisposable
{
    private readonly RawHttpClient _sender;
    private readonly RawHttpClient _receiver;
    private readonly byte[] _rest;
    private readonly RawResponseHead _head;
    private readonly byte[] _first;

    private RawPair(RawHttpClient sender, RawHttpClient receiver, RawResponseHead head, byte[] first, byte[] rest)
    {
        _sender = sender;
        _receiver = receiver;
        _head = head;
        _first = first;
        _rest = rest;
    }

    public static async Task<RawPair> StartAsync(KestrelBeamHost host, int bytes)
    {
        var path = $"/{await host.MintAsync()}/file.bin";
        var content = TestBytes.Create(bytes, bytes);
        var receiver = await RawHttpClient.ConnectAsync(host.Port);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = await RawHttpClient.ConnectAsync(host.Port);
        await sender.SendAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {bytes}\r\n\r\n"));
        await sender.SendAsync(content.AsMemory(0, bytes / 2));
        var head = await receiver.ReadHeadAsync();
        return new RawPair(sender, receiver, head, await receiver.ReadAsync(bytes / 2), content[(bytes / 2)..]);
    }

    public Task SendRestAsync() => _sender.SendAsync(_rest);

    /// <summary>Reads both to their ends: the sender's status, whether the receiver's body is complete, and its length.</summary>
    public async Task<(int Status, bool IsComplete, int Bytes)> EndAsync(bool leavesWhenComplete)
    {
        bool isComplete;
        int count;
        try
        {
            count = _first.Length + (await _receiver.ReadAsync(_rest.Length)).Length;
            isComplete = int.Parse(_head["Content-Length"]!, CultureInfo.InvariantCulture) == count;
        }
        catch (EndOfStreamException)
        {
            count = _first.Length;
            isComplete = false;
        }

        if (leavesWhenComplete)
        {
            _receiver.Dispose();
        }

        var answer = await _sender.ReadHeadAsync();
        _sender.Dispose();
        return (answer.Status, isComplete, count);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }
}
