namespace Beam.Client;

/// <summary>How a <see cref="BeamClient"/> behaves.</summary>
public sealed class BeamClientOptions
{
    /// <summary>Gets or sets where Beam is mounted, such as <c>https://example.com/beam</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the base address of the <see cref="HttpClient"/>. Only minting needs one; links bring their own.
    /// </value>
    public Uri? BaseAddress { get; set; }

    /// <summary>Gets or sets the access key with which tokens are minted, as in <c>curl -u :KEY</c>.</summary>
    /// <value>The default is <see langword="null"/>: none. It is sent with the minting of a first token only.</value>
    public string? AccessKey { get; set; }

    /// <summary>Gets or sets how long to wait before the first attempt to go on after a broken connection. Each further one waits twice as long, with a random part.</summary>
    /// <value>The default is 200 milliseconds. Zero goes on at once.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets or sets the longest wait between two attempts, unless the server asks for more.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets for how long to try to go on without any progress before an operation fails as <see cref="BeamError.Broken"/>.</summary>
    /// <value>
    /// The default is 5 minutes. Zero never tries again; nor is a server waited for that asks for more time than is left. The server gives up a transfer whose side has not come back sooner, after 2 minutes unless
    /// it is set up otherwise.
    /// </value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets for how long nothing may move before the connection is doubted.</summary>
    /// <value>
    /// The default is 30 seconds. A download is then continued over a new connection; an upload asks the server whether it is still known there. It finds
    /// networks that have vanished without a word. An upload whose content has nothing to send asks every 2 seconds whether the transfer is over.
    /// </value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
