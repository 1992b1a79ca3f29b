using System.Net;

namespace Beam.Benchmarks.Load;

/// <summary>Sends and receives over HTTP/2 without TLS. What it costs itself is not measured.</summary>
internal sealed class Http2Client(int port)
{
    /// <summary>Moves one transfer through the relay, each end on a connection of its own.</summary>
    /// <exception cref="InvalidDataException">It did not arrive whole, or the sender was not told so.</exception>
    public void MovePair(string path, long length, int seed)
    {
        using var sending = Create();
        using var receiving = Create();
        var sender = LoadThread.Run(() =>
        {
            using var request = Request(HttpMethod.Put, path);
            request.Content = new StreamContent(new PatternStream(seed, length));
            request.Content.Headers.ContentLength = length;
            using var response = sending.SendAsync(request).Result;
            return (int)response.StatusCode;
        });
        using var request = Request(HttpMethod.Get, path);
        using var response = receiving.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Result;
        using var body = response.Content.ReadAsStream();
        var buffer = new byte[Pattern.MaxBytes];
        var received = 0L;
        for (var count = body.Read(buffer); count > 0; count = body.Read(buffer))
        {
            Pattern.Check(seed, received, buffer.AsSpan(0, count));
            received += count;
        }

        RelayClient.Confirm(
            sender.Result, new Received((int)response.StatusCode, received, response.Content.Headers.ContentLength), length);
    }

    private static HttpClient Create() => new(new SocketsHttpHandler { UseProxy = false, InitialHttp2StreamWindowSize = 4 * 1024 * 1024 });

    private HttpRequestMessage Request(HttpMethod method, string path) => new(method, $"http://127.0.0.1:{port}/{path}")
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
