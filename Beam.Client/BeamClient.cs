using System.Runtime.CompilerServices;

namespace Beam.Client;

/// <summary>Sends and receives files through a Beam server. It resumes broken connections, and reports only what is known.</summary>
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
    /// The client, which the caller disposes. Its <see cref="HttpClient.Timeout"/> should be infinite: waiting for the other side may take
    /// long, and a request that times out counts as a broken connection. Its handler must not decompress, and should follow no
    /// redirections: they would carry a token elsewhere. The handlers of .NET take the access key off a request that is redirected.
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
    /// <exception cref="InvalidOperationException">
    /// The access key would travel over plain HTTP to another machine, and <see cref="BeamClientOptions.AllowKeyOverHttp"/> is not set.
    /// </exception>
    public Task<BeamToken> MintAsync(CancellationToken cancellationToken = default) => new Minting(_http).MintAsync(cancellationToken);

    /// <summary>Mints another token of the channel, with the same rights or fewer.</summary>
    /// <param name="channel">A link whose token may send.</param>
    /// <param name="rights">What the new token allows.</param>
    /// <param name="uses">How many transfers it is good for; <see langword="null"/> for any number.</param>
    /// <param name="lifetime">
    /// How long it lives at most, in whole seconds; <see langword="null"/> for the life of any token. It also ends with the token that it
    /// was made from.
    /// </param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The token.</returns>
    /// <exception cref="InvalidOperationException">
    /// The access key would travel over plain HTTP to another machine, and <see cref="BeamClientOptions.AllowKeyOverHttp"/> is not set.
    /// </exception>
    public Task<BeamToken> MintAsync(
        BeamLink channel,
        BeamRights rights,
        int? uses = null,
        TimeSpan? lifetime = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new Minting(_http).MintAsync(channel, rights, uses, lifetime, cancellationToken);
    }

    /// <summary>Makes a link for a person who is to send you a file.</summary>
    /// <param name="uses">How many files may come; <see langword="null"/> for any number.</param>
    /// <param name="lifetime">How long the link lives at most; <see langword="null"/> for the life of any token.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The link, and the channel to receive the files from.</returns>
    /// <exception cref="InvalidOperationException">
    /// The access key would travel over plain HTTP to another machine, and <see cref="BeamClientOptions.AllowKeyOverHttp"/> is not set.
    /// </exception>
    public async Task<BeamUploadRequest> RequestUploadAsync(
        int? uses = 1,
        TimeSpan? lifetime = null,
        CancellationToken cancellationToken = default)
    {
        var channel = await MintAsync(cancellationToken).ConfigureAwait(false);
        var request = await MintAsync(channel.Link, BeamRights.Send, uses, lifetime, cancellationToken).ConfigureAwait(false);
        return new BeamUploadRequest(channel, request);
    }

    /// <summary>Revokes a token and all tokens that were made from it. The server cuts their transfers at both sides.</summary>
    /// <param name="channel">A link with the token, which must allow sending.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A task that ends when the token is revoked.</returns>
    public Task RevokeAsync(BeamLink channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return DeleteAsync(channel.ChannelUrl, cancellationToken);
    }

    /// <summary>Sends a file and waits for its outcome.</summary>
    /// <remarks>
    /// If the file changes meanwhile, sending fails as <see cref="BeamError.SourceChanged"/>, and its receivers fail too. A file that only
    /// grows is sent with its first length.
    /// </remarks>
    /// <param name="link">Where to. If the link names no file, the file is sent under its own name.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to send it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops sending. The server then waits for some time for a sender that goes on. <see cref="CancelAsync"/> tells the other side at
    /// once.
    /// </param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(
        BeamLink link,
        string path,
        BeamSendOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using var _ = file.ConfigureAwait(false);
        var named = link.Name is null ? link.WithName(Path.GetFileName(path)) : link;
        return await SendAsync(named, file, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the rest of a stream, from its current position, and waits for its outcome.</summary>
    /// <remarks>
    /// A stream that can seek may be read again after a broken connection. If its bytes have changed by then, sending fails as
    /// <see cref="BeamError.SourceChanged"/>. Of a <see cref="FileStream"/> the time of the last write counts, too.
    /// </remarks>
    /// <param name="link">Where to, with the name of the file.</param>
    /// <param name="content">
    /// The content, which stays open. A stream that cannot seek is read once, and <see cref="BeamSendOptions.ReplayBytes"/> of it are kept.
    /// </param>
    /// <param name="options">How to send it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops sending. The server then waits for some time for a sender that goes on. <see cref="CancelAsync"/> tells the other side at
    /// once.
    /// </param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(
        BeamLink link,
        Stream content,
        BeamSendOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        EnsureFile(link);
        options ??= new BeamSendOptions();
        using SendSource source = content.CanSeek
            ? new SeekableSource(content)
            : new ReplaySource(content, options.Length, options.ReplayBytes);
        return await new SendRun(_http, link, source, options).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the content of an async sequence, and waits for its outcome.</summary>
    /// <param name="link">Where to, with the name of the file.</param>
    /// <param name="content">The content. It is enumerated once, and <see cref="BeamSendOptions.ReplayBytes"/> of it are kept.</param>
    /// <param name="options">How to send it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops sending. The server then waits for some time for a sender that goes on. <see cref="CancelAsync"/> tells the other side at
    /// once.
    /// </param>
    /// <returns>The receipt.</returns>
    public async Task<BeamReceipt> SendAsync(
        BeamLink link,
        IAsyncEnumerable<ReadOnlyMemory<byte>> content,
        BeamSendOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var stream = new SequenceStream(content);
        await using var _ = stream.ConfigureAwait(false);
        return await SendAsync(link, stream, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives a file and stores it. It waits for the sender if need be.</summary>
    /// <remarks>
    /// Until the file is complete and verified, it is beside its target under another name. A later call goes on with it. After a failure
    /// it may be deleted.
    /// </remarks>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="path">Where to store it. In an existing folder it gets the sender's name, made safe.</param>
    /// <param name="options">How to receive it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops receiving.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(
        BeamLink link,
        string path,
        BeamReceiveOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new BeamReceiveOptions();
        return ReceiveAsync(link, new FileTarget(path, link, options, _http.TimeProvider), options, cancellationToken);
    }

    /// <summary>Receives a file into a stream. It waits for the sender if need be.</summary>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="destination">
    /// The stream to write to. It is flushed and not closed. The bytes are verified at the end only: do not trust them until this call has
    /// succeeded.
    /// </param>
    /// <param name="options">How to receive it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops receiving.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(
        BeamLink link,
        Stream destination,
        BeamReceiveOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return ReceiveAsync(link, (_, _) => ValueTask.FromResult(destination), options, cancellationToken);
    }

    /// <summary>Receives a file into a stream that is chosen when the file is known. It waits for the sender if need be.</summary>
    /// <param name="link">The file, or a channel for the next file that comes through it.</param>
    /// <param name="open">Called once, when the sender has come. The stream is flushed and not closed.</param>
    /// <param name="options">How to receive it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Stops receiving.</param>
    /// <returns>What was received.</returns>
    public Task<BeamReceivedFile> ReceiveAsync(
        BeamLink link,
        Func<BeamFile, CancellationToken, ValueTask<Stream>> open,
        BeamReceiveOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        return ReceiveAsync(link, new StreamTarget(open), options ?? new BeamReceiveOptions(), cancellationToken);
    }

    /// <summary>Asks how far a transfer is, without taking part in it. Any token of the channel will do.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>
    /// The status; <see langword="null"/> when there is no transfer of that name, or when the server no longer remembers it.
    /// </returns>
    public async Task<BeamStatus?> GetStatusAsync(BeamLink link, CancellationToken cancellationToken = default)
    {
        EnsureFile(link);
        var body = await new StatusQuery(_http, link).GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return body is null ? null : BeamStatus.Of(body, link.Name!);
    }

    /// <summary>
    /// Follows a transfer as it happens, without taking part in it. Any token of the channel will do, even before anybody has come.
    /// </summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>
    /// The status at first, then at every change, and a few times a second while bytes flow. The last status says how the transfer has
    /// ended. A broken connection is made anew; what was missed meanwhile is not repeated.
    /// </returns>
    public async IAsyncEnumerable<BeamStatus> WatchAsync(
        BeamLink link,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
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

    /// <summary>Cancels a transfer for both sides. A token that can only receive cancels only what was received with it.</summary>
    /// <param name="link">The file.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A task that ends when the transfer is cancelled.</returns>
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

    private async Task<BeamReceivedFile> ReceiveAsync(
        BeamLink link,
        ReceiveTarget target,
        BeamReceiveOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        using var run = new ReceiveRun(_http, link, target, options);

        // Before the run, which has the digest of what is left.
        await using var _ = target.ConfigureAwait(false);
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
