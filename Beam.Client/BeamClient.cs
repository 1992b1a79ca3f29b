using System.Runtime.CompilerServices;

namespace Beam.Client;

/// <summary>Sends and receives files through a Beam server. Broken connections are resumed; success is only what is known.</summary>
/// <remarks>
/// Safe for use by several threads at the same time. Operations throw <see cref="BeamException"/> for every outcome that is not a success,
/// <see cref="OperationCanceledException"/> when the caller cancels, and what the caller's own streams and files throw.
/// </remarks>
public sealed class BeamClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly bool _ownsClient;
    private readonly BeamHttp _http;

    /// <summary>Makes a client for one server, with connections of its own.</summary>
    /// <param name="baseAddress">Where Beam is mounted, such as <c>https://example.com/beam</c>.</param>
    /// <param name="options">How it behaves; <see langword="null"/> for the defaults.</param>
    public BeamClient(Uri baseAddress, BeamClientOptions? options = null)
        : this(BeamConnections.CreateClient(baseAddress), options)
        => _ownsClient = true;

    /// <summary>Makes a client that uses the connections of another, such as one from <c>IHttpClientFactory</c>.</summary>
    /// <param name="httpClient">
    /// The client; disposing it stays with the caller. Its <see cref="HttpClient.Timeout"/> should be infinite: waiting for the other side takes as long as it
    /// takes, and a request that runs into the timeout counts as a broken connection. Its handler must not decompress.
    /// </param>
    /// <param name="options">How it behaves; <see langword="null"/> for the defaults.</param>
    public BeamClient(HttpClient httpClient, BeamClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(httpClient);
        _client = httpClient;
        _http = new BeamHttp(httpClient, options ?? new BeamClientOptions());
    }

    /// <summary>Mints a token that opens a new channel.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token, which may send and receive.</returns>
    public Task<BeamToken> MintAsync(CancellationToken cancellationToken = default) => new Minting(_http).MintAsync(cancellationToken);

    /// <summary>Mints a further token of the same channel, with the same rights or fewer.</summary>
    /// <param name="channel">A link whose token may send.</param>
    /// <param name="rights">What the new token allows.</param>
    /// <param name="uses">How many transfers it is good for; <see langword="null"/> for any number.</param>
    /// <param name="lifetime">How long it lives at most, in whole seconds; <see langword="null"/> for the life of any token. It ends with the one it was made from.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token.</returns>
    public Task<BeamToken> MintAsync(BeamLink channel, BeamRights rights, int? uses = null, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new Minting(_http).MintAsync(channel, rights, uses, lifetime, cancellationToken);
    }

    /// <summary>Makes a link for somebody who is to give you a file.</summary>
    /// <param name="uses">How many files may come; <see langword="null"/> for any number.</param>
    /// <param name="lifetime">How long the link lives at most; <see langword="null"/> for the life of any token.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The link, and the channel that the files are to be received from.</returns>
    public async Task<BeamUploadRequest> RequestUploadAsync(int? uses = 1, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        var channel = await MintAsync(cancellationToken).ConfigureAwait(false);
        return new BeamUploadRequest(channel, await MintAsync(channel.Link, BeamRights.Send, uses, lifetime, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Revokes a token, and those that were made from it; their transfers are cut at both sides.</summary>
    /// <param name="channel">A link with the token. It has to be one that may send.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A task that ends when it is done.</returns>
    public Task RevokeAsync(BeamLink channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return DeleteAsync(channel.ChannelUrl, cancellationToken);
    }

    /// <summary>Sends a file and waits until it is known what has become of it.</summary>
    /// <param name="link">Where to. Without a name in it, the file is sent under its own.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off. The server then waits some time for somebody to go on; <see cref="CancelAsync"/> tells the other side at once.</param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(BeamLink link, string path, BeamSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using var _ = file.ConfigureAwait(false);
        return await SendAsync(link.Name is null ? link.WithName(Path.GetFileName(path)) : link, file, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what a stream holds, from where it stands, and waits until it is known what has become of it.</summary>
    /// <param name="link">Where to, with the name of the file.</param>
    /// <param name="content">The content. One that cannot seek is read once, and <see cref="BeamSendOptions.ReplayBytes"/> of it are kept. It is not closed.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off. The server then waits some time for somebody to go on; <see cref="CancelAsync"/> tells the other side at once.</param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(BeamLink link, Stream content, BeamSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        EnsureFile(link);
        options ??= new BeamSendOptions();
        using SendSource source = content.CanSeek ? new SeekableSource(content) : new ReplaySource(content, options.Length, options.ReplayBytes);
        return await new SendRun(_http, link, source, options).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what an async sequence brings, and waits until it is known what has become of it.</summary>
    /// <param name="link">Where to, with the name of the file.</param>
    /// <param name="content">The content. It is enumerated once, and <see cref="BeamSendOptions.ReplayBytes"/> of it are kept.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off. The server then waits some time for somebody to go on; <see cref="CancelAsync"/> tells the other side at once.</param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(
        BeamLink link, IAsyncEnumerable<ReadOnlyMemory<byte>> content, BeamSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var stream = new SequenceStream(content);
        await using var _ = stream.ConfigureAwait(false);
        return await SendAsync(link, stream, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives a file and stores it, waiting for its sender if need be.</summary>
    /// <remarks>
    /// Until it is complete and verified it lies beside its place under another name, which a later call goes on with. What is left there after a failure
    /// may be deleted.
    /// </remarks>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="path">Where to store it; in an existing folder, under its own name, made safe.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(BeamLink link, string path, BeamReceiveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new BeamReceiveOptions();
        return ReceiveAsync(link, new FileTarget(path, options), options, cancellationToken);
    }

    /// <summary>Receives a file into a stream, waiting for its sender if need be.</summary>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="destination">
    /// What is written to. The bytes are verified at the end only: until this call has succeeded they are not to be trusted. It is flushed and not closed.
    /// </param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(BeamLink link, Stream destination, BeamReceiveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return ReceiveAsync(link, (_, _) => ValueTask.FromResult(destination), options, cancellationToken);
    }

    /// <summary>Receives a file into a stream that is chosen when the file is known, waiting for its sender if need be.</summary>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="open">Called once, when the sender has come. The stream is flushed and not closed.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(
        BeamLink link, Func<BeamFile, CancellationToken, ValueTask<Stream>> open, BeamReceiveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        return ReceiveAsync(link, new StreamTarget(open), options ?? new BeamReceiveOptions(), cancellationToken);
    }

    /// <summary>Asks where a transfer stands, without taking part in it. Any token of the channel will do.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The status; <see langword="null"/> when there is no transfer of that name, or none that is remembered.</returns>
    public async Task<BeamStatus?> GetStatusAsync(BeamLink link, CancellationToken cancellationToken = default)
    {
        EnsureFile(link);
        var body = await new StatusQuery(_http, link).GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return body is null ? null : BeamStatus.Of(body, link.Name!);
    }

    /// <summary>Follows a transfer as it happens, without taking part in it. Any token of the channel will do, also before anybody has come.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>
    /// The status at first, then with every change and, while bytes flow, a few times a second. The last one says how the transfer has ended. A broken
    /// connection is made anew; what was missed is not repeated.
    /// </returns>
    public async IAsyncEnumerable<BeamStatus> WatchAsync(BeamLink link, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EnsureFile(link);
        var events = new EventFeed(_http, link);
        await using var _ = events.ConfigureAwait(false);
        while (await events.NextAsync(cancellationToken).ConfigureAwait(false) is { } body)
        {
            yield return BeamStatus.Of(body, link.Name!);
            if (body.Outcome is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>Looks at a file whose sender has come, without taking a receiver's seat.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The file; <see langword="null"/> when no sender has come yet.</returns>
    public Task<BeamFile?> HeadAsync(BeamLink link, CancellationToken cancellationToken = default)
    {
        EnsureFile(link);
        return new StatusQuery(_http, link).GetFileAsync(cancellationToken);
    }

    /// <summary>Cancels a transfer; both sides are told. A token that only receives cancels its own part.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A task that ends when it is done.</returns>
    public Task CancelAsync(BeamLink link, CancellationToken cancellationToken = default)
    {
        EnsureFile(link);
        return DeleteAsync(link.Url, cancellationToken);
    }

    /// <summary>Closes the connections, if they are the client's own.</summary>
    public void Dispose()
    {
        if (_ownsClient)
        {
            _client.Dispose();
        }
    }

    private static void EnsureFile(BeamLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.Name is null)
        {
            throw new ArgumentException("The link names no file: use WithName.", nameof(link));
        }
    }

    private async Task<BeamReceivedFile> ReceiveAsync(BeamLink link, ReceiveTarget target, BeamReceiveOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        await using var _ = target.ConfigureAwait(false);
        using var run = new ReceiveRun(_http, link, target, options);
        return await run.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = _http.Request(HttpMethod.Delete, url);
        using var response = await _http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await _http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }
}
