namespace Beam.Conformance;

/// <summary>A running Beam server, whatever hosts it. Everything in this library is written against this.</summary>
public abstract class BeamHost : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    /// <summary>Where Beam is reached with HTTP/1.1, without a slash at the end.</summary>
    public abstract string Http1Url { get; }

    /// <summary>Where it is reached with HTTP/2 without TLS (prior knowledge); <see langword="null"/> when it is not.</summary>
    public abstract string? Http2Url { get; }

    /// <summary>How long a silent peer is waited for.</summary>
    public abstract TimeSpan StallTimeout { get; }

    /// <summary>Whether the relay runs in this process, so that its states can be waited for and its logs be read.</summary>
    public virtual bool IsInspectable => false;

    /// <summary>Whether <see cref="StopAsync"/> works.</summary>
    public virtual bool CanStop => false;

    /// <summary>
    /// Whether a host of another kind stands before the relay and passes everything on. The relay knows what that host has read, not what
    /// the client behind it has. So <c>sent</c> may stand for a client that dies with the last bytes on their way.
    /// </summary>
    public virtual bool IsBehindHop => false;

    /// <summary>How many bytes of an upload may be held back on the way until more follow or it ends.</summary>
    public virtual int HeldBackBytes => 0;

    /// <summary>What was logged as a warning or worse, without what belongs to a shutdown.</summary>
    public virtual IReadOnlyList<string> Complaints => [];

    /// <summary>The address for a protocol.</summary>
    public string Url(Wire wire)
        => wire == Wire.Http1 ? Http1Url : Http2Url ?? throw new InvalidOperationException("The host has no HTTP/2 address.");

    /// <summary>Mints a token.</summary>
    public virtual async Task<string> MintAsync()
    {
        using var response = await Http.PostAsync(new Uri(Http1Url + "/token"), content: null);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync()).Trim();
    }

    /// <summary>What the relay holds now.</summary>
    public abstract Task<RelayHoldings> GetHoldingsAsync();

    /// <summary>Stops the server as SIGTERM does and waits for its end.</summary>
    public virtual Task StopAsync() => throw new NotSupportedException("This host cannot be stopped from here.");

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
