using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Beam.AspNetCore.Pages;

/// <summary>
/// HTML, written as an interpolated string. It encodes everything in a hole, unless that is HTML itself. There is no other way to add text.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Html(int literalLength, int holes)
{
    private const int UsualHole = 24;

    // Letters of all scripts stay as they are. Characters with a meaning in HTML do not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(literalLength + (holes * UsualHole));

    /// <summary>Gets empty HTML.</summary>
    public static Html None => $"";

    public void AppendLiteral(string html) => _text.Append(html);

    public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

    public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Html html) => _text.Append(html._text);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
        {
            _text.Append(part._text);
        }
    }

    public override string ToString() => _text.ToString();
}
