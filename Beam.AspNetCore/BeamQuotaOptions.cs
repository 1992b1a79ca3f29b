using Beam.AspNetCore.Quotas;

namespace Beam.AspNetCore;

/// <summary>
/// How much one token, one client address and one user may use, so that nobody uses up the relay for everybody. Set it with
/// <c>services.Configure&lt;BeamQuotaOptions&gt;(...)</c>. The host checks it when it starts.
/// </summary>
/// <remarks>
/// <para>Each request that sends or receives counts, on the relay that serves it, from the moment when it joins a transfer. Beam refuses a
/// request that would exceed a quota before it reads the body (<c>429</c> with <c>Retry-After</c>). Running requests go on. Links that are
/// made from a token share its quota. Addresses are those of <see cref="ClientNetwork"/>. Beam knows users by their <c>NameIdentifier</c>
/// or <c>sub</c> claim, or else by their name. Anonymous users have no quota of their own.</para>
/// <para>What an address holds without a connection counts as long as the relay holds it: unfinished transfers, files that are handed in,
/// and tokens. <c>AddBeam().LimitAddresses()</c> sets limits for all of it.</para>
/// </remarks>
public sealed class BeamQuotaOptions
{
    /// <summary>Gets or sets how many requests may send or receive at a time with one token and the links that are made from it.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="BeamOptions.MaxTransfers"/>. The range is at least 1.
    /// </value>
    public int? MaxTransfersPerToken { get; set; }

    /// <summary>Gets or sets how many requests may send or receive at a time from one client address.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1. A transfer within one machine takes two.</value>
    public int? MaxTransfersPerAddress { get; set; }

    /// <summary>
    /// Gets or sets how many transfers may be unfinished at a time that were sent from one client address. A transfer counts until its end,
    /// whether its sender is connected, comes back later, or has handed the file in.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="BeamOptions.MaxTransfers"/>. The range is at least 1.
    /// </value>
    public int? MaxUnfinishedPerAddress { get; set; }

    /// <summary>Gets or sets how many of them may be files that are handed in, accepted or on their way.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="BeamOptions.MaxHeldFiles"/>. The range is at least 1.
    /// </value>
    public int? MaxHeldFilesPerAddress { get; set; }

    /// <summary>Gets or sets how many bytes those files may take, in memory or on the disk.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="BeamOptions.MaxHeldBytes"/>. The range is at least 1.
    /// </value>
    public long? MaxHeldBytesPerAddress { get; set; }

    /// <summary>Gets or sets how many live tokens, links included, may have been made from one client address.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit except <see cref="BeamOptions.MaxTokens"/>. The range is at least 1. Tokens that the
    /// application mints itself do not count, nor do those that the relay finds again after a restart.
    /// </value>
    public int? MaxTokensPerAddress { get; set; }

    /// <summary>Gets or sets how many requests of one signed-in user may send or receive at a time.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public int? MaxTransfersPerUser { get; set; }

    /// <summary>
    /// Gets or sets how many bytes may be sent and received within <see cref="Window"/> with one token and the links that are made from it.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: no limit. The range is at least 1. A file counts when it is sent and when it is received.
    /// </value>
    public long? MaxBytesPerToken { get; set; }

    /// <summary>Gets or sets how many bytes may be sent and received within <see cref="Window"/> from one client address.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public long? MaxBytesPerAddress { get; set; }

    /// <summary>Gets or sets how many bytes one signed-in user may send and receive within <see cref="Window"/>.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public long? MaxBytesPerUser { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether direct connections from this machine (<see cref="ClientNetwork.IsLocal"/>) have wide limits:
    /// three quarters of the relay's transfers and tokens, and else none for their address and their tokens.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: no; after <c>LimitAddresses</c>, yes, unless <see cref="BeamHttpOptions.BehindProxy"/> names
    /// a proxy.
    /// </value>
    public bool? WidensLocal { get; set; }

    /// <summary>
    /// Gets or sets the length in bits of what counts as one IPv6 address: all addresses whose first bits are the same, see
    /// <see cref="ClientNetwork"/>.
    /// </summary>
    /// <value>
    /// The default is 56: a home has such a network (RFC 6177, section 2), and can take any of the addresses in it at will. The range is 32
    /// to 128. A hoster's machines often have 64 each.
    /// </value>
    public int Ipv6PrefixLength { get; set; } = 56;

    /// <summary>Gets or sets the time for which bytes count. It begins with the first request, and begins anew after its end.</summary>
    /// <value>The default is 1 hour. The range is 1 second to 31 days.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets or sets how many tokens, addresses and users Beam remembers at a time. It forgets the longest unused first, among those without
    /// a running request.
    /// </summary>
    /// <value>The default is 100,000, of less than 1 KiB each. The range is 1 to 10,000,000.</value>
    public int MaxRemembered { get; set; } = 100_000;
}
