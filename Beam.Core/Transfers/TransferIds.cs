using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Beam.Transfers;

/// <summary>Short ids for transfers: unique within a relay, and not repeated after a restart.</summary>
internal sealed class TransferIds
{
    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int PrefixLength = 5;

    // The prefix, a hyphen, the digits of a long.
    private const int MaxLength = PrefixLength + 1 + 19;

    private static readonly SearchValues<char> PrefixLetters = SearchValues.Create(Letters);

    private readonly string _prefix = RandomNumberGenerator.GetString(Letters, PrefixLength);
    private long _last;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{Interlocked.Increment(ref _last)}");

    /// <summary>Says whether a relay can have made the id: it stands in headers and logs.</summary>
    public static bool IsWellFormed(string id)
        => id.Length is > PrefixLength + 1 and <= MaxLength
            && !id.AsSpan(0, PrefixLength).ContainsAnyExcept(PrefixLetters)
            && id[PrefixLength] == '-'
            && !id.AsSpan(PrefixLength + 1).ContainsAnyExceptInRange('0', '9');
}
