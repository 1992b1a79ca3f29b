using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Beam.Cli.Archives;
using Beam.Cli.Terminal;
using Beam.Client;

namespace Beam.Cli.Reports;

/// <summary>Tells programs: one JSON object per line, each with an <c>event</c>.</summary>
/// <param name="output">The standard output, or the standard error when the file itself goes to the standard output.</param>
internal sealed class JsonReport(TextWriter output) : IReport
{
    // A name may contain anything. What a terminal would obey is escaped, because people debug programs on terminals.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    private readonly Lock _lock = new();

    public void Begin(string name, ProgressSide side)
    {
    }

    public void Report(BeamProgress value) => Write(
        "progress",
        ("stage", JsonNamingPolicy.CamelCase.ConvertName(value.Stage.ToString())),
        ("bytes", value.Bytes),
        ("total", value.Total),
        ("bytesPerSecond", (long)value.BytesPerSecond));

    public void Offered(Offer offer) => Write(
        offer.Event,
        ("url", offer.Url),
        ("name", offer.Name),
        ("bytes", offer.Bytes),
        ("commands", offer.Commands));

    public void Note(string text) => Write("note", ("message", text));

    public void Sent(BeamReceipt receipt) => Write(
        "sent",
        ("outcome", JsonNamingPolicy.CamelCase.ConvertName(receipt.Outcome.ToString())),
        ("bytes", receipt.Bytes),
        ("sha256", receipt.Sha256.Length == 0 ? null : receipt.Sha256),
        ("verified", receipt.IsVerified),
        ("receivers", receipt.Receivers.Count),
        ("expiresAt", receipt.ExpiresAt));

    public void Received(BeamReceivedFile file, string? path, UnpackSummary? unpacked) => Write(
        "received",
        ("name", file.File.Name),
        ("path", path),
        ("bytes", file.Bytes),
        ("sha256", file.Sha256),
        ("verified", file.IsVerified),
        ("confirmed", file.IsConfirmed),
        ("files", unpacked?.Files),
        ("unpacked", unpacked?.TopLevelNames));

    public void Told(string what, IReadOnlyList<(string Name, object? Value)> values) => Write(what, [.. values]);

    public void Failed(ExitCode code, string message) => Write(
        "error",
        ("exitCode", (long)code),
        ("error", JsonNamingPolicy.CamelCase.ConvertName(code.ToString())),
        ("message", message));

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case long or int:
                json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    private void Write(string name, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            foreach (var (key, value) in values)
            {
                json.WritePropertyName(key);
                WriteValue(json, value);
            }

            json.WriteEndObject();
        }

        lock (_lock)
        {
            output.WriteLine(Encoding.UTF8.GetString(line.ToArray()));
            output.Flush();
        }
    }
}
