using System.Text.Json.Serialization;

namespace Beam.Holding;

/// <summary>What is written beside the bytes of a file that its sender has handed in, so that a restarted relay finds it again.</summary>
/// <param name="Version">The format, <see cref="CurrentVersion"/>.</param>
/// <param name="Channel">The name of the file that says what the relay knows of the channel: all files of a channel have the same.</param>
/// <param name="TransferId">The transfer's id, which is also its entity tag: a download can be resumed across the restart.</param>
/// <param name="Name">The name within the channel.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="ContentEncoding">The content coding.</param>
/// <param name="Length">How many bytes the file has.</param>
/// <param name="Receivers">How many receivers are to have it.</param>
/// <param name="Deadline">Until when it is held.</param>
/// <param name="SenderToken">The digest of the channel's token that the sender used, in hexadecimal digits.</param>
internal sealed record HeldEntry(
    int Version,
    string Channel,
    string TransferId,
    string Name,
    string? ContentType,
    string? ContentEncoding,
    long Length,
    int Receivers,
    DateTimeOffset Deadline,
    string SenderToken)
{
    public const int CurrentVersion = 4;

    /// <summary>Gets the SHA-256 of the bytes, if somebody asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Sha256 { get; init; }

    /// <summary>Gets who is charged with the file, if the host told its senders apart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }
}
