using System.Globalization;
using Beam.AspNetCore;

namespace Beam.Server.Hosting;

/// <summary>Says in two lines what one address may hold.</summary>
internal static class LimitLines
{
    private static readonly (long Bytes, string Name)[] Units = [(1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB"), (1, "B")];

    public static string Render(BeamQuotaOptions quotas, HoldingShares shares, bool areOff)
    {
        if (areOff)
        {
            return "  Limits   none for an address (Beam:Quotas:Off)";
        }

        var files = quotas.MaxHeldFilesPerAddress > quotas.MaxUnfinishedPerAddress
            ? quotas.MaxUnfinishedPerAddress
            : quotas.MaxHeldFilesPerAddress;
        var held = shares is { Files: 0 } or { Bytes: 0 }
            ? "none handed in"
            : $"{Number(files)} files handed in with {Size(quotas.MaxHeldBytesPerAddress)}";
        var local = quotas.WidensLocal == true ? "; more from this machine" : "";
        return $"""
              Limits   one address: {Number(quotas.MaxTransfersPerAddress)} requests, {Number(quotas.MaxUnfinishedPerAddress)} transfers,
                       of them {held}; {Number(quotas.MaxTokensPerAddress)} tokens{local}
            """;
    }

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "any number of";

    private static string Size(long? bytes)
    {
        if (bytes is not { } size)
        {
            return "any number of bytes";
        }

        var (unit, name) = Array.Find(Units, each => size >= each.Bytes || each.Bytes == 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(double)size / unit:0.##} {name}");
    }
}
