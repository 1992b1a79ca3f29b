namespace Beam.AspNetCore;

/// <summary>
/// How Beam behaves over HTTP. Set it with <c>services.Configure&lt;BeamHttpOptions&gt;(...)</c>. The host checks it when it starts.
/// </summary>
public sealed class BeamHttpOptions
{
    /// <summary>Gets or sets the address that people reach Beam at, for the links that it prints.</summary>
    /// <value>
    /// The default is <see langword="null"/>: each request's own scheme, host and path. Set it where these are not trustworthy, or not
    /// public. It includes the path that Beam is mounted at, as in <c>https://example.com/beam</c>.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>
    /// Gets or sets the authorization policy for the overview: users who satisfy it see the active transfers and tokens at Beam's root, and
    /// may cancel transfers there.
    /// </summary>
    /// <value>The default is <see langword="null"/>: nobody may. Everybody sees totals only.</value>
    public string? OverviewPolicy { get; set; }

    /// <summary>Gets or sets how long running transfers may go on when the application stops.</summary>
    /// <value>
    /// The default is 20 seconds. The relay then cuts what still runs, visibly at both ends. The value must be shorter than the host's
    /// shutdown timeout (30 seconds by default) to have any effect. The range is 0 to 1 day.
    /// </value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how many bytes of a refused upload Beam reads and throws away, so that the sender sees the refusal.</summary>
    /// <value>
    /// The default is 64 MiB. A client in the middle of an upload, or a proxy, may look at the answer only when it has sent its body.
    /// Beyond the limit, Beam closes the connection. The range is 0 to 1 GiB.
    /// </value>
    public long MaxDiscardedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Gets or sets a value indicating whether a client may send a file without minting a token first, as in
    /// <c>curl -T FILE {base}/</c>.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. Set it to <see langword="false"/> behind a host that holds answers back until it has the
    /// whole upload: the answer's first line, which is the address for the receiver, would come too late.
    /// </value>
    public bool AllowsOneShot { get; set; } = true;

    /// <summary>Gets or sets the authorization policy for minting, which every way to mint asks for.</summary>
    /// <value>
    /// <para>
    /// The name of a policy of the application; <c>Default</c> is its default policy. The default is <see langword="null"/>: everybody may
    /// mint, unless the endpoints ask for something (<c>app.MapBeam().Mint</c>). An unknown name keeps the host from starting.
    /// </para>
    /// <para>
    /// It holds in every host, also where Beam's endpoints are not the application's own: in a gateway's route and in a function. There
    /// are three ways to mint: <c>POST {base}/token</c>, a file that is sent without a token (<see cref="AllowsOneShot"/>), and a link
    /// that is made from a token (<see cref="MintPolicyCoversLinks"/>).
    /// </para>
    /// </value>
    public string? MintPolicy { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether what is asked of callers that mint is also asked of those that make a link from a token
    /// (<c>POST {base}/{token}/-/token</c>).
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. With <see langword="false"/> a token that may send is enough: neither
    /// <see cref="MintPolicy"/> nor a policy on the endpoint holds for it. Set it so where people who have a link, and no account, are to
    /// make links of fewer rights. Such a link never outlives the token that it is made from.
    /// </value>
    public bool MintPolicyCoversLinks { get; set; } = true;

    /// <summary>
    /// Gets or sets a value indicating whether a connection that ends in order confirms that its client has read the file.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. Set it to <see langword="false"/> behind another host that ends its connections as its
    /// clients do: an orderly end is then <c>sent</c>, and a reset is a failure. Behind a proxy set <see cref="BehindProxy"/> instead.
    /// Whatever it says, Beam trusts a request from a Beam gateway or a Beam node: they hand on how their client's connection has ended.
    /// </value>
    public bool ConfirmsByConnection { get; set; } = true;

    /// <summary>
    /// Gets or sets what stands between the clients and this server. Behind a proxy the connection is the proxy's, and its end says nothing
    /// of the client: the best word for a sender is then <c>sent</c>, unless the receiver itself says that it has the file
    /// (<c>?confirm</c>).
    /// </summary>
    /// <value>
    /// The default is <see cref="ProxyKind.None"/>. Beam then still says no more than <c>sent</c> for a request that shows a proxy, and for
    /// a connection whose PROXY protocol header does (<c>UseBeamProxyProtocol</c>). It cannot know of others: behind a TCP proxy that does
    /// not speak that protocol, set <see cref="ProxyKind.Tcp"/>. Set it where the clients connect: on a Beam gateway, not on the nodes
    /// behind it.
    /// </value>
    public ProxyKind BehindProxy { get; set; }

    /// <summary>Gets or sets up to which length, in bytes, a download leaves its HTTP/1.1 connection open for the next request.</summary>
    /// <value>
    /// The default is 0: every download ends its connection, so that the way in which the client closes it says what the client has read. A
    /// larger value saves clients that fetch many small files a connection each. Their next request confirms as well as their close. For a
    /// client that does neither for half a second the word is <c>sent</c>; browsers and most libraries behave so. Over TLS, and for files
    /// of unknown length, every download still ends its connection. The range is 0 to 1 GiB.
    /// </value>
    public long MaxKeepAliveBytes { get; set; }

    /// <summary>
    /// Gets or sets the most bytes that one request may add to an upload in pieces. <c>Upload-Limit</c> tells clients.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit. Set it to the largest body that a proxy in front of Beam accepts. It does not limit
    /// plain uploads, in one request. The range is at least 1.
    /// </value>
    public long? MaxAppendBytes { get; set; }

    /// <summary>
    /// Gets or sets which part of a budget may be in use before Beam's health check (<c>AddHealthChecks().AddBeam()</c>) says
    /// <c>degraded</c>.
    /// </summary>
    /// <value>The default is 0.9, for memory, disk, transfers and tokens. The range is 0.01 to 1.</value>
    public double DegradedAt { get; set; } = 0.9;

    /// <summary>Gets or sets how many clients may watch at a time in all (<c>?events</c>). Watching takes no receiver's seat.</summary>
    /// <value>The default is 10,000. Each takes a connection and a few KiB of memory. The range is 0, for none, to 1,000,000.</value>
    public int MaxWatchers { get; set; } = 10_000;

    /// <summary>Gets or sets how many clients may watch at a time from one address (<see cref="Quotas.ClientNetwork"/>).</summary>
    /// <value>
    /// The default is 1,000; Beam refuses more with <c>429</c>. Behind a gateway, all clients have one address. So they do behind a proxy
    /// whose word on addresses the application does not take (<c>UseForwardedHeaders</c>). The range is 1 to 1,000,000.
    /// </value>
    public int MaxWatchersPerAddress { get; set; } = 1_000;

    /// <summary>
    /// Gets or sets how many connections a gateway, or a node that forwards, has to one node at a time. It answers more requests with
    /// <c>503</c>.
    /// </summary>
    /// <value>
    /// The default is 20,000. A transfer takes two connections. For connections to one address Linux has some 28,000 ports, and it keeps
    /// some ports for a minute after the end of their connections: these count too. The range is 1 to 1,000,000.
    /// </value>
    public int MaxConnectionsPerNode { get; set; } = 20_000;
}
