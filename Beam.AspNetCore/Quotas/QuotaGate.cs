using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Beam.AspNetCore.Answers;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Quotas;

/// <summary>Lets requests join transfers as long as their token, their address and their user have room.</summary>
internal sealed class QuotaGate
{
    private readonly BeamQuotaOptions _options;
    private readonly AddressAccounts _accounts;
    private readonly bool _isAnySet;

    public QuotaGate(IOptions<BeamQuotaOptions> options, AddressAccounts accounts, TimeProvider timeProvider)
    {
        _options = options.Value;
        _accounts = accounts;
        _isAnySet = _options is not
        {
            MaxTransfersPerToken: null, MaxTransfersPerAddress: null, MaxTransfersPerUser: null,
            MaxBytesPerToken: null, MaxBytesPerAddress: null, MaxBytesPerUser: null,
        };
        Table = new QuotaTable(_options.Window, _options.MaxRemembered, timeProvider);
    }

    public QuotaTable Table { get; }

    /// <summary>Asks for room for a request that is about to join a transfer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="channel">The channel of its token; <see langword="null"/> when the request will mint a token.</param>
    /// <param name="bytes">How many bytes it will move; <see langword="null"/> when that is not known.</param>
    /// <param name="lease">The caller disposes it when the request has ended.</param>
    /// <param name="refusal">The answer when there is no room.</param>
    public bool TryEnter(
        HttpContext context,
        BeamChannel? channel,
        long? bytes,
        [NotNullWhen(true)] out QuotaLease? lease,
        out Answer refusal)
    {
        refusal = default;
        var account = _accounts.Find(context);
        lease = account is null ? QuotaLease.Free : new QuotaLease(table: null, [], declaredBytes: 0) { Account = account };
        if (!_isAnySet)
        {
            return true;
        }

        Span<QuotaClaim> claims = new QuotaClaim[3];
        var count = 0;
        if (!_accounts.IsWide(context))
        {
            var address = ClientNetwork.KeyOf(context);
            Add(claims, ref count, QuotaKind.Token, channel, _options.MaxTransfersPerToken, _options.MaxBytesPerToken);
            Add(claims, ref count, QuotaKind.Address, address, _options.MaxTransfersPerAddress, _options.MaxBytesPerAddress);
        }

        Add(claims, ref count, QuotaKind.User, UserOf(context.User), _options.MaxTransfersPerUser, _options.MaxBytesPerUser);
        if (Table.TryTake(claims[..count], bytes ?? 0, out var charges) is { } full)
        {
            lease = null;
            refusal = full.ToAnswer();
            return false;
        }

        lease = new QuotaLease(Table, charges, bytes ?? 0) { Account = account };
        return true;
    }

    private static void Add(Span<QuotaClaim> claims, ref int count, QuotaKind kind, object? key, int? maxTransfers, long? maxBytes)
    {
        if (key is not null && (maxTransfers is not null || maxBytes is not null))
        {
            claims[count++] = new QuotaClaim(kind, key, maxTransfers ?? int.MaxValue, maxBytes);
        }
    }

    private static string? UserOf(ClaimsPrincipal user)
        => user.Identity?.IsAuthenticated == true
            ? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? user.Identity.Name
            : null;
}
