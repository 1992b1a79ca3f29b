using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Quotas;

/// <summary>Counts for each address the live tokens that were made from there, links included.</summary>
internal sealed class TokenQuota(IOptions<BeamQuotaOptions> options, AddressAccounts accounts, TimeProvider timeProvider)
{
    public QuotaTable Table { get; } = new(options.Value.Window, options.Value.MaxRemembered, timeProvider);

    /// <summary>Counts a further token.</summary>
    /// <returns>What the caller disposes when the token has ended; <see langword="null"/> when the address has too many.</returns>
    public QuotaLease? TryTake(HttpContext context)
    {
        if (options.Value.MaxTokensPerAddress is not { } ofOthers)
        {
            return QuotaLease.Free;
        }

        var (key, most) = accounts.IsWide(context) ? ("local", accounts.MaxTokensOfLocal) : (ClientNetwork.KeyOf(context), ofOthers);
        if (key is null)
        {
            return QuotaLease.Free;
        }

        QuotaClaim claim = new(QuotaKind.Address, key, most, MaxBytes: null);
        return Table.TryTake([claim], bytes: 0, out var charges) is null ? new QuotaLease(Table, charges, declaredBytes: 0) : null;
    }
}
