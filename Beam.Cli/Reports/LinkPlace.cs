namespace Beam.Cli.Reports;

/// <summary>Where a link leads that the server has chosen. Behind a proxy that is the server's public address.</summary>
internal static class LinkPlace
{
    /// <summary>Tells the user of a link that leads elsewhere than to the server that was asked.</summary>
    public static void Tell(IReport report, Uri asked, string link)
    {
        var (server, place) = (PlaceOf(asked), PlaceOf(new Uri(link)));
        if (server != place)
        {
            report.Note($"The server has chosen where this link leads: to {place}. The tool itself talks to {server}.");
        }
    }

    /// <summary>In plain letters, because an international name may look like another name.</summary>
    private static string PlaceOf(Uri address)
        => new UriBuilder(address.Scheme, address.IdnHost, address.Port).Uri.GetLeftPart(UriPartial.Authority);
}
