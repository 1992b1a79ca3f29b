using System.Globalization;

namespace Beam.FaultMatrix;

/// <summary>The command line.</summary>
/// <param name="Url">The server; <see langword="null"/> for one in this process.</param>
/// <param name="Http2Url">Where it speaks HTTP/2 without TLS.</param>
/// <param name="Stall">Its stall limit.</param>
/// <param name="Soak">How long to soak instead of running the matrix.</param>
/// <param name="Filter">Runs only the cells whose description contains this.</param>
internal sealed record Arguments(string? Url, string? Http2Url, TimeSpan Stall, TimeSpan? Soak, string Filter)
{
    public const string Usage = "Beam.FaultMatrix [URL] [--h2 URL] [--stall SECONDS] [--soak SECONDS] [--only TEXT]";

    /// <summary>Reads them; <see langword="null"/> when they make no sense.</summary>
    public static Arguments? Parse(string[] args)
    {
        var parsed = new Arguments(Url: null, Http2Url: null, TimeSpan.FromSeconds(60), Soak: null, Filter: "");
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--h2" when Uri.IsWellFormedUriString(value, UriKind.Absolute):
                    parsed = parsed with { Http2Url = value };
                    i++;
                    break;
                case "--stall" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var stall):
                    parsed = parsed with { Stall = TimeSpan.FromSeconds(stall) };
                    i++;
                    break;
                case "--soak" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var soak):
                    parsed = parsed with { Soak = TimeSpan.FromSeconds(soak) };
                    i++;
                    break;
                case "--only":
                    parsed = parsed with { Filter = value };
                    i++;
                    break;
                case var url when Uri.IsWellFormedUriString(url, UriKind.Absolute):
                    parsed = parsed with { Url = url };
                    break;
                default:
                    return null;
            }
        }

        return parsed;
    }
}
