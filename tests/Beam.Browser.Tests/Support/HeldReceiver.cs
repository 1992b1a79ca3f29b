using System.Net.Sockets;

namespace Beam.Browser.Tests.Support;

/// <summary>
/// A receiver that takes the beginning of a file and stands still until the test lets it go on. What a test does in between happens in
/// the middle of the file, however slow the machine is.
/// </summary>
internal sealed class HeldReceiver : IAsyncDisposable
{
    // Little is to be on its way while it stands still.
    private const int ReceiveBuffer = 64 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<byte[]> _receiving;

    /// <param name="url">Where the file comes from.</param>
    /// <param name="beginning">How many bytes it takes at once.</param>
    public HeldReceiver(string url, int beginning) => _receiving = ReceiveAsync(new Uri(url), beginning);

    /// <summary>Waits until it has the beginning.</summary>
    public async Task BeginAsync() => await (await Task.WhenAny(_begun.Task, _receiving).WaitAsync(Eventually.Limit, TimeProvider.System));

    /// <summary>Takes the rest.</summary>
    /// <returns>The whole file.</returns>
    public Task<byte[]> FinishAsync()
    {
        _goOn.TrySetResult();
        return _receiving;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _goOn.TrySetResult();
        await Task.WhenAny(_receiving);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<byte[]> ReceiveAsync(Uri url, int beginning)
    {
        using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        using var file = new MemoryStream();
        var first = new byte[beginning];
        await body.ReadExactlyAsync(first);
        file.Write(first);
        _begun.TrySetResult();
        await _goOn.Task;
        await body.CopyToAsync(file);
        return file.ToArray();
    }
}
