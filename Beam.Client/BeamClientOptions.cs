namespace Beam.Client;

/// <summary>How a <see cref="BeamClient"/> behaves.</summary>
public sealed class BeamClientOptions
{
    /// <summary>Gets or sets where Beam is mounted, such as <c>https://example.com/beam</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the base address of the <see cref="HttpClient"/>. Only minting needs it; links bring their
    /// own address.
    /// </value>
    public Uri? BaseAddress { get; set; }

    /// <summary>Gets or sets the access key for minting tokens, as in <c>curl -u :KEY</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no key. Only requests that mint carry the key: one that opens a channel, and one that makes a
    /// link from a token of <see cref="BaseAddress"/>.
    /// </value>
    public string? AccessKey { get; set; }

    /// <summary>Gets or sets whether <see cref="AccessKey"/> may travel over plain HTTP to another machine.</summary>
    /// <value>
    /// The default is <see langword="false"/>: minting with a key throws <see cref="InvalidOperationException"/>, and sends nothing, if the
    /// address is neither <c>https</c> nor one of this machine. Everybody on the way can read what travels over plain HTTP.
    /// </value>
    public bool AllowKeyOverHttp { get; set; }

    /// <summary>
    /// Gets or sets how long to wait before the first attempt to go on after a broken connection. The wait doubles with each further
    /// attempt, and has a random part.
    /// </summary>
    /// <value>The default is 200 milliseconds. Zero goes on at once.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets or sets the longest wait between two attempts, unless the server asks for more.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long to keep trying without any progress, before an operation fails as <see cref="BeamError.Broken"/>.
    /// </summary>
    /// <value>
    /// The default is 5 minutes. Zero never tries again. If the server asks for more time than is left, the operation fails at once. The
    /// server itself gives up sooner: after 2 minutes without a side that has broken off, unless it is set up otherwise.
    /// </value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long nothing may move before the client doubts the connection.</summary>
    /// <value>
    /// The default is 30 seconds. A download then goes on over a new connection, and an upload asks the server whether it still knows the
    /// upload. This finds networks that have vanished silently. An upload whose content has nothing to send asks every 2 seconds whether
    /// the transfer is over.
    /// </value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Says whether minting may show <see cref="AccessKey"/> to a server. A program whose user chooses the server can ask first.
    /// </summary>
    /// <param name="address">Where Beam is mounted.</param>
    /// <returns>
    /// Whether the address is <c>https</c>, or leads to this machine (127.0.0.0/8, <c>::1</c> or <c>localhost</c>), or
    /// <see cref="AllowKeyOverHttp"/> is set.
    /// </returns>
    public bool MayShowKeyTo(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return AllowKeyOverHttp || address.Scheme == Uri.UriSchemeHttps || address.IsLoopback;
    }
}
