namespace Beam;

/// <summary>What a relay allows and how long it waits. Checked when the host starts.</summary>
public sealed class BeamOptions
{
    /// <summary>Gets or sets how long a new token lives when nobody uses it.</summary>
    /// <value>The default is 20 minutes. The range is 1 second to 365 days.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Gets or sets how long a token lives at least after each use.</summary>
    /// <value>The default is 5 minutes. The range is 1 second to 365 days.</value>
    public TimeSpan TokenRenewal { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets the age at which a token ends whatever its use. Streams that run then go on to their end.</summary>
    /// <value>The default is 24 hours. It must not be less than <see cref="TokenLifetime"/>. The range is 1 second to 365 days.</value>
    public TimeSpan TokenMaxAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets of how many words tokens consist, as in <c>7-amber-falcon-river</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: 26 letters and digits with 130 bits. A word has 9 bits; the range is 2 to 16, and less than 7 (63
    /// bits) only with <see cref="AreGuessesLimited"/>.
    /// </value>
    public int? TokenWords { get; set; }

    /// <summary>Gets or sets the name of this relay among several, which then stands before its tokens, as in <c>n2.4xq…</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: a relay alone. A gateway or a load balancer sends each request to the node that its token names. 1 to 63
    /// lower-case letters, digits and hyphens, the first and the last no hyphen. No two nodes may have the same.
    /// </value>
    public string? NodeId { get; set; }

    /// <summary>Gets or sets a value indicating whether the host limits how fast anybody can try tokens, so that short ones are acceptable.</summary>
    /// <value>The default is <see langword="false"/>. Beam takes the host's word for it.</value>
    public bool AreGuessesLimited { get; set; }

    /// <summary>Gets or sets how many tokens may live at a time.</summary>
    /// <value>The default is 100,000. A token takes about 1 KiB of memory. The range is 1 to 100,000,000.</value>
    public int MaxTokens { get; set; } = 100_000;

    /// <summary>Gets or sets how many tokens of one channel may live at a time: the first and those that are made from it and from each other.</summary>
    /// <value>The default is 1,000: whoever holds one link must not use up <see cref="MaxTokens"/> for everybody. The range is 1 to 1,000,000.</value>
    public int MaxTokensPerChannel { get; set; } = 1_000;

    /// <summary>Gets or sets how long a sender waits for a receiver, or a receiver for a sender, unless the request asks for less.</summary>
    /// <value>The default is 5 minutes. The range is 1 second to 1 day.</value>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long a file that its sender has handed in waits for its receivers.</summary>
    /// <value>The default is 24 hours. It ends in any case with the token it was sent with. The range is 1 second to 365 days.</value>
    public TimeSpan HandInTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets how long a peer of a running transfer may do nothing at all before it counts as lost.</summary>
    /// <value>The default is 60 seconds. A slow peer is not a stalled one: any byte counts, and so does waiting for the other side. The range is 1 second to 1 day.</value>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets how long a sender or receiver that has broken off may take to come back and go on where it was.</summary>
    /// <value>
    /// The default is 2 minutes. Zero turns resuming off: a transfer then fails as soon as one side breaks off. The range is 0 to 1 day.
    /// </value>
    public TimeSpan ResumeTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets the most receivers that a sender may ask for.</summary>
    /// <value>The default is 100. The range is 1 to 10,000.</value>
    public int MaxReceivers { get; set; } = 100;

    /// <summary>Gets or sets how long the outcome of a transfer is remembered under its name.</summary>
    /// <value>The default is 10 minutes. The range is 0 to 1 day.</value>
    public TimeSpan OutcomeRetention { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets how many outcomes are remembered at a time; the oldest go first.</summary>
    /// <value>The default is 10,000. The range is 0 to 10,000,000.</value>
    public int MaxRetainedOutcomes { get; set; } = 10_000;

    /// <summary>Gets or sets how many events wait for each observer that is busy; what comes beyond that is dropped, logged and counted.</summary>
    /// <value>The default is 10,000. It means nothing without observers (<c>AddTransferObserver</c>). The range is 1 to 10,000,000.</value>
    public int MaxQueuedEvents { get; set; } = 10_000;

    /// <summary>Gets or sets the largest transfer in bytes.</summary>
    /// <value>The default is <see langword="null"/>: no limit, since the bytes only pass through. The range is at least 1.</value>
    public long? MaxTransferBytes { get; set; }

    /// <summary>Gets or sets how many transfers may wait or run at a time.</summary>
    /// <value>The default is 10,000. The range is 1 to 10,000,000.</value>
    public int MaxTransfers { get; set; } = 10_000;

    /// <summary>Gets or sets how many transfers of one token's channel may wait for their other side at a time, and how many receivers for whatever comes.</summary>
    /// <value>The default is 100. The range is 1 to 10,000,000.</value>
    public int MaxWaitingTransfersPerToken { get; set; } = 100;

    /// <summary>Gets or sets the most bytes of one transfer that are held in memory while somebody receives it.</summary>
    /// <value>The default is 1 MiB. The range is 64 KiB to 1 GiB.</value>
    public long WindowBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets or sets the most bytes of one transfer that are read into memory before somebody receives it.</summary>
    /// <value>The default is 64 KiB: a small file is then held whole, and a sender that dies while it waits is noticed. The range is 4 KiB to 1 GiB.</value>
    public long ReadAheadBytes { get; set; } = 64 * 1024;

    /// <summary>Gets or sets how many bytes behind the slowest receiver are kept, beside the window, so that one that breaks off can come back.</summary>
    /// <value>
    /// The default is 16 MiB: what a connection had taken but its client had not read when it died, in the socket buffers of both sides, is to be
    /// found there. They go first when three quarters of the memory budget are used. It means nothing when <see cref="ResumeTimeout"/> is zero.
    /// The range is 0 to 1 GiB.
    /// </value>
    public long RewindBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets the most bytes that all transfers together hold in memory.</summary>
    /// <value>The default is 256 MiB. The range is at least 1 MiB.</value>
    public long MemoryBudgetBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Gets or sets the directory in which bytes that nobody receives yet are kept when memory does not hold them.</summary>
    /// <value>
    /// The default is <see langword="null"/>: nothing is written to the disk. The directory belongs to one relay alone; it is created with
    /// access for its owner only, and files that a crash has left in it are removed at start-up. Files that senders have handed in are kept in
    /// its folder <c>accepted</c>, outlive a restart, and are then found again.
    /// </value>
    public string? SpillDirectory { get; set; }

    /// <summary>Gets or sets the most bytes that all transfers together hold on the disk.</summary>
    /// <value>The default is 10 GiB. It means nothing without a <see cref="SpillDirectory"/>. The range is at least 1 MiB.</value>
    public long DiskBudgetBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Says how long a side waits that may have said how long it wants to.</summary>
    internal TimeSpan LimitWait(TimeSpan? asked) => asked is { } wait && wait < WaitTimeout ? wait : WaitTimeout;
}
