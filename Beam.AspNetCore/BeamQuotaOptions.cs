using Beam.AspNetCore.Quotas;

namespace Beam.AspNetCore;

/// <summary>
/// How much one token, one client address and one user may use, so that nobody uses up the relay for everybody. Set with
/// <c>services.Configure&lt;BeamQuotaOptions&gt;(...)</c>; checked when the host starts.
/// </summary>
/// <remarks>
/// Each request that sends or receives counts, on the relay that serves it, from the moment it joins a transfer. One that would exceed a quota is refused
/// before its body (<c>429</c> with <c>Retry-After</c>); one that runs goes on. Links that are made from a token share its quota. Addresses are those of
/// <see cref="ClientNetwork"/>. Users are told apart by their <c>NameIdentifier</c> or <c>sub</c> claim or else their name; anonymous ones have no quota of their own.
/// </remarks>
public sealed class BeamQuotaOptions
{
    /// <summary>Gets or sets how many requests may send or receive at a time with one token and the links that are made from it.</summary>
    /// <value>The default is <see langword="null"/>: no limit but <see cref="BeamOptions.MaxTransfers"/>. The range is at least 1.</value>
    public int? MaxTransfersPerToken { get; set; }

    /// <summary>Gets or sets how many requests may send or receive at a time from one client address.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1. A transfer within one machine takes two.</value>
    public int? MaxTransfersPerAddress { get; set; }

    /// <summary>Gets or sets how many requests one signed-in user may have that send or receive.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public int? MaxTransfersPerUser { get; set; }

    /// <summary>Gets or sets how many bytes may be sent and received within <see cref="Window"/> with one token and the links that are made from it.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1. A file counts when it is sent and when it is received.</value>
    public long? MaxBytesPerToken { get; set; }

    /// <summary>Gets or sets how many bytes may be sent and received within <see cref="Window"/> from one client address.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public long? MaxBytesPerAddress { get; set; }

    /// <summary>Gets or sets how many bytes one signed-in user may send and receive within <see cref="Window"/>.</summary>
    /// <value>The default is <see langword="null"/>: no limit. The range is at least 1.</value>
    public long? MaxBytesPerUser { get; set; }

    /// <summary>Gets or sets the time for which bytes count. It begins with the first request and then anew.</summary>
    /// <value>The default is 1 hour. The range is 1 second to 31 days.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets how many tokens, addresses and users are remembered at a time; of those that have no request the longest unused go first.</summary>
    /// <value>The default is 100,000, of less than 1 KiB each. The range is 1 to 10,000,000.</value>
    public int MaxRemembered { get; set; } = 100_000;
}
