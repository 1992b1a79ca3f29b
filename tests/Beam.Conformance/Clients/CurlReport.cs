using System.Globalization;
using System.Text.RegularExpressions;
using Beam.Testing;

namespace Beam.Conformance;

/// <summary>What a curl is asked to say on its standard error when it is done.</summary>
internal static partial class CurlReport
{
    public const string Format = "%{stderr}status=%{http_code}\n";

    /// <summary>The final status that it got; 0 when it got none or could not say.</summary>
    public static int Status(ClientProcess curl)
        => Line().Match(curl.ErrorText) is { Success: true } match
            ? int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(@"status=(?<code>[2-5]\d\d)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
