using System.Globalization;
using System.Security.Cryptography;

namespace Beam.Transfers;

/// <summary>Short ids for transfers: unique within a relay, and not repeated after a restart.</summary>
internal sealed class TransferIds
{
    private readonly string _prefix = RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 5);
    private long _last;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{Interlocked.Increment(ref _last)}");
}
