using Beam.Transfers;

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
    /// The default is <see langword="null"/>: 26 letters and digits, 130 bits. A word has 9 bits. The range is 7 words (63 bits) to 16;
    /// with <see cref="AreGuessesLimited"/> it begins at 2.
    /// </value>
    public int? TokenWords { get; set; }

    /// <summary>Gets or sets the name of this relay among several, which then stands before its tokens, as in <c>n2.4xq…</c>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: a relay alone. A gateway or a load balancer sends each
    /// request to the node that its token names. The name has 1 to 63 lower-case letters, digits and
    /// hyphens, and neither begins nor ends with a hyphen. No two nodes may have the same name.
    /// </value>
    public string? NodeId { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the host limits how fast anybody can try tokens, so that short ones are acceptable.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Beam takes the host's word for it.</value>
    public bool AreGuessesLimited { get; set; }

    /// <summary>Gets or sets how many tokens may live at a time.</summary>
    /// <value>The default is 100,000. A token takes about 1 KiB of memory. The range is 1 to 100,000,000.</value>
    public int MaxTokens { get; set; } = 100_000;

    /// <summary>Gets or sets how many tokens of one channel may live at a time: its first token and all that descend from it.</summary>
    /// <value>
    /// The default is 1,000: the holder of one link cannot use up <see cref="MaxTokens"/> for everybody. The range is 1 to 1,000,000.
    /// </value>
    public int MaxTokensPerChannel { get; set; } = 1_000;

    /// <summary>
    /// Gets or sets how long a sender waits for a receiver, or a receiver for a sender, unless the request asks for less.
    /// </summary>
    /// <value>The default is 5 minutes. The range is 1 second to 1 day.</value>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long a file that its sender has handed in waits for its receivers.</summary>
    /// <value>
    /// The default is 24 hours. If the sender's token ends earlier, so does the wait. The range is 1 second to 365 days.
    /// </value>
    public TimeSpan HandInTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets how long a peer of a running transfer may do nothing at all before it counts as lost.</summary>
    /// <value>
    /// The default is 60 seconds. A slow peer is not a stalled peer: any byte counts, and so does waiting for the other side.
    /// The range is 1 second to 1 day.
    /// </value>
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

    /// <summary>
    /// Gets or sets how many events wait for each observer that is busy. The relay drops, logs and counts what comes beyond that.
    /// </summary>
    /// <value>The default is 10,000. It means nothing without observers (<c>AddTransferObserver</c>). The range is 1 to 10,000,000.</value>
    public int MaxQueuedEvents { get; set; } = 10_000;

    /// <summary>Gets or sets the largest transfer in bytes.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="TransferDescription.LargestLength"/>, since the bytes only pass
    /// through. The range is at least 1.
    /// </value>
    public long? MaxTransferBytes { get; set; }

    /// <summary>Gets or sets how many transfers may wait or run at a time.</summary>
    /// <value>The default is 10,000. The range is 1 to 10,000,000.</value>
    public int MaxTransfers { get; set; } = 10_000;

    /// <summary>
    /// Gets or sets how many transfers of one channel may wait for their other side at a time, and how many receivers for whatever comes.
    /// </summary>
    /// <value>
    /// The default is 100. The range is 1 to 10,000,000. Files that are handed in count for <see cref="MaxHeldFilesPerToken"/> instead.
    /// </value>
    public int MaxWaitingTransfersPerToken { get; set; } = 100;

    /// <summary>Gets or sets how many of the transfers may be files that are handed in, accepted or on their way.</summary>
    /// <value>
    /// The default is <see langword="null"/>: half of <see cref="MaxTransfers"/>, so that those who are there themselves always find room.
    /// The range is 0 to 10,000,000. With 0 nobody hands anything in.
    /// </value>
    public int? MaxHeldFiles { get; set; }

    /// <summary>Gets or sets how many files of one channel may be handed in at a time.</summary>
    /// <value>
    /// The default is <see langword="null"/>: as many as <see cref="MaxWaitingTransfersPerToken"/>. The range is 0 to 10,000,000.
    /// </value>
    public int? MaxHeldFilesPerToken { get; set; }

    /// <summary>Gets or sets how many bytes all files together may take that are handed in.</summary>
    /// <value>
    /// The default is <see langword="null"/>: half of <see cref="DiskBudgetBytes"/> with a <see cref="SpillDirectory"/>, where such files
    /// lie, or else half of <see cref="MemoryBudgetBytes"/>. The range is at least 0. The budget limits them in any case.
    /// What remains of <see cref="DiskBudgetBytes"/> is for uploads that wait for a receiver.
    /// </value>
    public long? MaxHeldBytes { get; set; }

    /// <summary>Gets or sets how many bytes the files of one channel may take that are handed in.</summary>
    /// <value>The default is <see langword="null"/>: three quarters of <see cref="MaxHeldBytes"/>. The range is at least 0.</value>
    public long? MaxHeldBytesPerToken { get; set; }

    /// <summary>Gets or sets the most bytes of one transfer that the relay holds in memory while somebody receives it.</summary>
    /// <value>The default is 1 MiB. The range is 64 KiB to 1 GiB.</value>
    public long WindowBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets or sets the most bytes of one transfer that the relay reads into memory before somebody receives it.</summary>
    /// <value>
    /// The default is 64 KiB: the relay then holds a small file whole, and notices a sender that dies while it waits.
    /// The range is 4 KiB to 1 GiB.
    /// </value>
    public long ReadAheadBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Gets or sets how many bytes behind the slowest receiver the relay keeps, beside the window, so that a receiver can come back.
    /// </summary>
    /// <value>
    /// The default is 16 MiB. When a connection dies, it has taken bytes that its client never read: they are lost in the socket buffers of
    /// both sides. The relay has to have them still. They go first when three quarters of the memory budget are used. The option means
    /// nothing when <see cref="ResumeTimeout"/> is zero. The range is 0 to 1 GiB.
    /// </value>
    public long RewindBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets the most bytes that all transfers together hold in memory.</summary>
    /// <value>The default is 256 MiB. The range is at least 1 MiB.</value>
    public long MemoryBudgetBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Gets or sets the directory for bytes that nobody receives yet and that memory does not hold.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the relay writes nothing to the disk. The directory belongs to one relay alone. The relay
    /// creates it with access for its owner only, and removes at start-up what a crash has left in it. Files that senders have handed in
    /// are kept in its folder <c>accepted</c>; they outlive a restart, and the relay finds them again.
    /// </value>
    public string? SpillDirectory { get; set; }

    /// <summary>Gets or sets the most bytes that all transfers together hold on the disk.</summary>
    /// <value>The default is 10 GiB. It means nothing without a <see cref="SpillDirectory"/>. The range is at least 1 MiB.</value>
    public long DiskBudgetBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Gets the most bytes that a file may have.</summary>
    internal long LargestTransferBytes => Math.Min(MaxTransferBytes ?? long.MaxValue, TransferDescription.LargestLength);

    /// <summary>Says how long a side waits: as long as it has asked for, and never longer than <see cref="WaitTimeout"/>.</summary>
    internal TimeSpan LimitWait(TimeSpan? asked) => asked is { } wait && wait < WaitTimeout ? wait : WaitTimeout;
}
