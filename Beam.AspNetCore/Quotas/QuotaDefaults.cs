namespace Beam.AspNetCore.Quotas;

/// <summary>The limits for addresses and tokens of a relay that strangers reach.</summary>
internal static class QuotaDefaults
{
    // It takes twenty addresses to use up the places of a relay. An office behind one address has 500 of the 10,000 that are the default.
    private const int AddressesToFill = 20;

    // Many addresses receive with the link of one channel.
    private const int TokensToFill = 10;

    // A file is large, or not worth a limit. So the bytes are in fewer hands than the places.
    private const int AddressesToFillBytes = 4;

    // Also a small relay serves a household. But no other address has more than half of it.
    private const int FewestPlaces = 10;

    // A transfer within one house has a sender and a receiver.
    private const int FewestRequests = 2;

    /// <summary>Sets the limits that are not set.</summary>
    public static void FillIn(BeamQuotaOptions quotas, BeamOptions relay, BeamHttpOptions http)
    {
        var shares = HoldingShares.Of(relay);
        quotas.MaxTransfersPerToken ??= Math.Max(FewestRequests, Part(relay.MaxTransfers, TokensToFill));
        quotas.MaxTransfersPerAddress ??= Math.Max(FewestRequests, Part(relay.MaxTransfers, AddressesToFill));
        quotas.MaxUnfinishedPerAddress ??= Part(relay.MaxTransfers, AddressesToFill);

        // Somebody who has handed in as much as there may be can still send while a receiver is there.
        var mostHeld = Math.Max(1, quotas.MaxUnfinishedPerAddress.Value / 2);
        quotas.MaxHeldFilesPerAddress ??= Math.Min(mostHeld, Part(shares.Files, AddressesToFill));
        quotas.MaxHeldBytesPerAddress ??= Math.Max(1, shares.Bytes / AddressesToFillBytes);
        quotas.MaxTokensPerAddress ??= Part(relay.MaxTokens, AddressesToFill);

        // What comes from a proxy on this machine may be anybody's.
        quotas.WidensLocal ??= http.BehindProxy == ProxyKind.None;
    }

    /// <summary>
    /// How many of all places the clients may have that connect directly from this machine: more than files that are handed in may.
    /// </summary>
    public static int PartOfLocal(int places) => places - (places / 4);

    private static int Part(int places, int owners) => Math.Max(1, Math.Max(places / owners, Math.Min(FewestPlaces, places / 2)));
}
