namespace Beam.AspNetCore;

/// <summary>How Beam behaves over HTTP. Set with <c>services.Configure&lt;BeamHttpOptions&gt;(...)</c>; checked when the host starts.</summary>
public sealed class BeamHttpOptions
{
    /// <summary>Gets or sets the address that people reach Beam at, for the links that it prints.</summary>
    /// <value>
    /// The default is <see langword="null"/>: each request's own scheme, host and path. Set it where those cannot be trusted or are not the
    /// public ones. It includes the path that Beam is mounted at, as in <c>https://example.com/beam</c>.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Gets or sets the authorization policy whose holders see the active transfers and tokens at Beam's root, and may cancel transfers there.</summary>
    /// <value>The default is <see langword="null"/>: nobody does; everybody sees totals only.</value>
    public string? OverviewPolicy { get; set; }

    /// <summary>Gets or sets how long running transfers may go on after the application was told to stop.</summary>
    /// <value>
    /// The default is 20 seconds; what still runs then is cut, visibly at both ends. It must be shorter than the host's shutdown timeout
    /// (30 seconds by default) to have any effect. The range is 0 to 1 day.
    /// </value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how many bytes of a refused upload are read and thrown away so that its sender sees the refusal.</summary>
    /// <value>
    /// The default is 64 MiB. A client in the middle of an upload, or a proxy before it, may only look at the answer when it has sent its
    /// body; beyond the limit the connection is closed. The range is 0 to 1 GiB.
    /// </value>
    public long MaxDiscardedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gets or sets a value indicating whether a file may be sent without minting a token first, as in <c>curl -T FILE {base}/</c>.</summary>
    /// <value>
    /// The default is <see langword="true"/>. Set it to <see langword="false"/> behind a host that holds answers back until the upload has been taken: the address to
    /// receive from, which is the answer's first line, would come too late.
    /// </value>
    public bool AllowsOneShot { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether a connection that ends in order confirms that its client has read the file.</summary>
    /// <value>
    /// The default is <see langword="true"/>. Set it to <see langword="false"/> where the connections are not the clients' own: behind a proxy or another host
    /// it is the proxy that has read everything, which says nothing of the client behind it. The best word is then <c>sent</c>. A request that shows that a
    /// proxy has passed it on (<c>X-Forwarded-For</c>, <c>Forwarded</c>, <c>Via</c>, <c>X-Real-IP</c>) is treated so in any case, and one from a gateway or
    /// a node of ours, which hand on how their client's connection has ended, never.
    /// </value>
    public bool ConfirmsByConnection { get; set; } = true;

    /// <summary>Gets or sets up to which length a download leaves its HTTP/1.1 connection open for the client's next request.</summary>
    /// <value>
    /// The default is 0: every download ends its connection, so that its client has nothing left to do but say how it ends. A larger value saves clients that
    /// fetch many small files a connection each. Their next request confirms as well as their close does; for one that does neither for half a second the
    /// word is <c>sent</c>, which for browsers and most libraries is the rule. Over TLS, and for files whose length is not known, connections end as ever.
    /// The range is 0 to 1 GiB.
    /// </value>
    public long MaxKeepAliveBytes { get; set; }

    /// <summary>Gets or sets the most bytes that one request may add to an upload that is sent in pieces, as clients are told in <c>Upload-Limit</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit. Set it to what a proxy before Beam takes as a body. It does not bind plain uploads, in one
    /// request. The range is at least 1.
    /// </value>
    public long? MaxAppendBytes { get; set; }

    /// <summary>Gets or sets which part of a budget may be in use before the health check of Beam (<c>AddHealthChecks().AddBeam()</c>) says <c>degraded</c>.</summary>
    /// <value>The default is 0.9, for memory, disk, transfers and tokens alike. The range is 0.01 to 1.</value>
    public double DegradedAt { get; set; } = 0.9;

    /// <summary>Gets or sets how many may watch at a time, all together (<c>?events</c>). Watching takes no receiver's seat.</summary>
    /// <value>The default is 10,000. Each takes a connection and a few KiB of memory. The range is 0, for none, to 1,000,000.</value>
    public int MaxWatchers { get; set; } = 10_000;

    /// <summary>Gets or sets how many may watch at a time from one client address, which is that of <see cref="Quotas.ClientNetwork"/>.</summary>
    /// <value>
    /// The default is 1,000; more are refused with <c>429</c>. Behind a gateway, and behind a proxy whose word on addresses is not taken
    /// (<c>UseForwardedHeaders</c>), all clients are one address. The range is 1 to 1,000,000.
    /// </value>
    public int MaxWatchersPerAddress { get; set; } = 1_000;
}
