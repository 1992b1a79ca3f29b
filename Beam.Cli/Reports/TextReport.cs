using System.Globalization;
using Beam.Cli.Archives;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Reports;

/// <summary>
/// Tells people. Results go to the standard output, everything else to the standard error. Progress is shown on a terminal only.
/// </summary>
/// <param name="console">Where it writes.</param>
/// <param name="showsQrCodes">Whether links are also shown as a QR code on a terminal.</param>
/// <param name="clock">Limits how often progress is shown.</param>
internal sealed class TextReport(ToolConsole console, bool showsQrCodes, TimeProvider clock) : IReport
{
    private readonly ProgressDisplay? _progress
        = console.IsErrorTerminal ? new ProgressDisplay(console.Error, console.Width, clock) : null;

    public void Report(BeamProgress value) => _progress?.Show(value);

    public void Begin(string name, ProgressSide side)
    {
        if (_progress is not null)
        {
            _progress.Name = TerminalText.Clean(name);
            _progress.Side = side;
        }
    }

    public void Offered(Offer offer)
    {
        console.Out.WriteLine(offer.Url);
        console.Out.Flush();
        Say(offer.Event == "link"
            ? $"Give the receiver of {offer.Name}{Size(offer)} this link, or one of these commands:"
            : "Give the sender this link, to open in a browser, or this command:");
        foreach (var command in offer.Commands)
        {
            Say("  " + command);
        }

        if (showsQrCodes && console.IsErrorTerminal)
        {
            foreach (var line in QrText.Lines(offer.Url, console.Width() - 1))
            {
                console.Error.WriteLine(line);
            }
        }
    }

    public void Note(string text) => Say(text);

    public void Sent(BeamReceipt receipt)
    {
        var what = receipt.Outcome switch
        {
            BeamOutcome.Confirmed => "Delivered",
            BeamOutcome.Sent => "Sent, but not confirmed by the receiver",
            _ => string.Create(CultureInfo.InvariantCulture, $"Handed in; the server holds it until {receipt.ExpiresAt:u}"),
        };
        var digest = receipt.Sha256.Length == 0 ? "" : $", sha256 {receipt.Sha256}";
        Say($"{what}: {Sizes.Bytes(receipt.Bytes)}{digest}{(receipt.IsVerified ? ", verified" : "")}");
    }

    public void Received(BeamReceivedFile file, string? path, UnpackSummary? unpacked)
    {
        _progress?.Clear();
        foreach (var stored in unpacked?.TopLevelNames.Select(name => Path.Combine(path!, name)) ?? (path is null ? [] : [path]))
        {
            console.Out.WriteLine(TerminalText.Clean(stored));
        }

        var verified = file.IsVerified ? ", verified" : "; not verified, because the server had no digest of what was sent";
        Say($"Received: {Sizes.Bytes(file.Bytes)}, sha256 {file.Sha256}{verified}");
        if (unpacked is not null)
        {
            var changed = unpacked.ChangedNames == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"; unsafe names changed: {unpacked.ChangedNames}");
            Say(string.Create(CultureInfo.InvariantCulture, $"Unpacked: {unpacked.Files} files, {Sizes.Bytes(unpacked.Bytes)}{changed}"));
        }
    }

    public void Told(string what, IReadOnlyList<(string Name, object? Value)> values)
        => console.WriteTable(values.Where(static row => row.Value is not null).Select(static row => (row.Name, Text(row.Value!))));

    public void Failed(ExitCode code, string message) => Say((code == ExitCode.Interrupted ? "" : "beam: ") + message);

    private static string Size(Offer offer) => offer.Bytes is { } bytes ? $" ({Sizes.Bytes(bytes)})" : "";

    private static string Text(object value) => value switch
    {
        bool truth => truth ? "yes" : "no",
        DateTimeOffset time => time.ToString("u", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private void Say(string line)
    {
        _progress?.Clear();
        console.Error.WriteLine(TerminalText.Clean(line));
    }
}
