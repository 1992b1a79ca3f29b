using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Beam.Testing;

/// <summary>A server that answers as Beam does, except to one kind of request, to which it tells a lie.</summary>
public sealed class HostileServer : IAsyncDisposable
{
    // Enough to show that nobody reads a control answer to its end, and that a file without an end is noticed.
    private const int EndlessBlocks = 512;
    private const int SingleBytes = 400;
    private static readonly byte[] Block = [.. Enumerable.Repeat((byte)'a', 16 * 1024)];

    private readonly LyingServer _server;
    private int _lies;

    /// <summary>Starts it.</summary>
    public HostileServer() => _server = new LyingServer(AnswerAsync);

    /// <summary>Gets or sets what it lies about, and how; it is honest without.</summary>
    public (HostileRequestKind Kind, HostileLie Lie)? Lie { get; set; }

    /// <summary>Gets or sets another answer than the usual one, with which a client comes to ask for more.</summary>
    public (HostileRequestKind Kind, Func<HostileAnswer, HostileAnswer> Answer)? Premise { get; set; }

    /// <summary>Gets its address.</summary>
    public Uri Url => _server.Url;

    /// <summary>Gets the text of a link to a file there.</summary>
    public string Link => _server.Link;

    /// <summary>Gets the heads of the requests so far.</summary>
    public IReadOnlyList<string> Requests => _server.Requests;

    /// <summary>Gets how often it has lied.</summary>
    public int Lies => Volatile.Read(ref _lies);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(string head, NetworkStream stream, CancellationToken stop)
    {
        var request = HostileRequest.Read(head, Url);
        await TakeBodyAsync(request, stream, stop);
        var answer = HonestAnswers.To(request);
        if (Premise is { } premise && request.Kind == premise.Kind)
        {
            answer = premise.Answer(answer);
        }

        if (Lie is { } lie && request.Kind == lie.Kind)
        {
            Interlocked.Increment(ref _lies);
            answer = lie.Lie.Tell(answer);
        }

        await SendAsync(answer, stream, stop);
    }

    private static async Task TakeBodyAsync(HostileRequest request, NetworkStream stream, CancellationToken stop)
    {
        if (request.Field("Expect") is not null)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), stop);
        }

        if (long.TryParse(request.Field("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            var block = new byte[16 * 1024];
            while (length > 0 && await stream.ReadAsync(block.AsMemory(0, (int)Math.Min(block.Length, length)), stop) is > 0 and var count)
            {
                length -= count;
            }
        }
    }

    private static async Task SendAsync(HostileAnswer answer, NetworkStream stream, CancellationToken stop)
    {
        var head = answer.Head();
        switch (answer.Manner)
        {
            case HostileManner.Whole or HostileManner.Kept:
                await stream.WriteAsync((byte[])[.. head, .. answer.Body], stop);
                break;

            case HostileManner.ByteByByte:
                byte[] bytes = [.. head, .. answer.Body];
                foreach (var one in bytes.Take(SingleBytes))
                {
                    await stream.WriteAsync(new[] { one }, stop);
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, stop);
                }

                await stream.WriteAsync(bytes.AsMemory(Math.Min(SingleBytes, bytes.Length)), stop);
                break;

            case HostileManner.SilentInHead:
                await stream.WriteAsync(head.AsMemory(0, head.Length / 2), stop);
                break;

            case HostileManner.SilentInBody:
                await stream.WriteAsync(head, stop);
                break;

            case HostileManner.Cut:
                await stream.WriteAsync((byte[])[.. head, .. answer.Body[..(answer.Body.Length / 2)]], stop);
                break;

            case HostileManner.EndlessHead:
                await stream.WriteAsync(head.AsMemory(0, head.Length - 2), stop);
                await SendEndlesslyAsync("X-More: "u8.ToArray(), [.. Block, .. "\r\n"u8], stream, stop);
                break;

            case HostileManner.EndlessBody:
                await stream.WriteAsync(answer.With("Content-Length").Head(), stop);
                await SendEndlesslyAsync([], Block, stream, stop);
                break;

            case HostileManner.EndlessInterim:
                var interim = new StringBuilder().Insert(0, "HTTP/1.1 103 Early Hints\r\n\r\n", 500).ToString();
                await SendEndlesslyAsync([], Encoding.ASCII.GetBytes(interim), stream, stop);
                break;

            case HostileManner.EndlessChunks:
                await stream.WriteAsync(answer.With("Content-Length").With("Transfer-Encoding", "chunked").Head(), stop);
                await SendEndlesslyAsync("4000\r\n"u8.ToArray(), [.. Block, .. "\r\n"u8], stream, stop);
                break;

            default:
                stream.Socket.LingerState = new LingerOption(enable: answer.Manner == HostileManner.Reset, seconds: 0);
                break;
        }

        if (answer.Manner is HostileManner.Kept or HostileManner.Silent or HostileManner.SilentInHead or HostileManner.SilentInBody)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
    }

    private static async Task SendEndlesslyAsync(byte[] before, byte[] block, NetworkStream stream, CancellationToken stop)
    {
        for (var sent = 0; sent < EndlessBlocks; sent++)
        {
            await stream.WriteAsync((byte[])[.. before, .. block], stop);
        }
    }
}
