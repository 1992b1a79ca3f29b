using Beam.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Quotas;

/// <summary>Finds whom a request is charged to, and how much that may hold.</summary>
internal sealed class AddressAccounts
{
    private readonly BeamQuotaOptions _options;
    private readonly RelayAccount _local;
    private readonly bool _isAnySet;

    public AddressAccounts(IOptions<BeamQuotaOptions> options, IOptions<BeamOptions> relayOptions)
    {
        _options = options.Value;
        _isAnySet = _options is not { MaxUnfinishedPerAddress: null, MaxHeldFilesPerAddress: null, MaxHeldBytesPerAddress: null };
        _local = new RelayAccount("local") { MaxTransfers = QuotaDefaults.PartOfLocal(relayOptions.Value.MaxTransfers) };
        MaxTokensOfLocal = QuotaDefaults.PartOfLocal(relayOptions.Value.MaxTokens);
    }

    /// <summary>Gets how many tokens the clients may have that connect directly from this machine.</summary>
    public int MaxTokensOfLocal { get; }

    /// <summary>Says whether the wide limits hold for a request: it comes directly from this machine.</summary>
    public bool IsWide(HttpContext context) => _options.WidensLocal == true && ClientNetwork.IsLocal(context);

    /// <summary>Finds whom the transfers are charged to that a request begins; <see langword="null"/> for nobody.</summary>
    public RelayAccount? Find(HttpContext context)
    {
        if (!_isAnySet)
        {
            return null;
        }

        if (IsWide(context))
        {
            return _local;
        }

        return ClientNetwork.KeyOf(context) is not { } key ? null : new RelayAccount(key)
        {
            MaxTransfers = _options.MaxUnfinishedPerAddress,
            MaxHeldFiles = _options.MaxHeldFilesPerAddress,
            MaxHeldBytes = _options.MaxHeldBytesPerAddress,
        };
    }
}
