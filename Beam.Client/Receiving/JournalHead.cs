using System.Text.Json.Serialization;

namespace Beam.Client;

/// <summary>The first line of a journal: which file it is about.</summary>
/// <param name="Path">Where the partial file is.</param>
/// <param name="Device">Its volume; <see langword="null"/> where the system does not tell it.</param>
/// <param name="Number">Its number on that volume; likewise.</param>
/// <param name="Transfer">The id of the transfer; <see langword="null"/> when nobody can go on with it.</param>
internal sealed record JournalHead(string Path, ulong? Device, ulong? Number, string? Transfer)
{
    [JsonIgnore]
    public FileIdentity? Identity => (Device, Number) is ({ } device, { } number) ? new FileIdentity(device, number) : null;

    public static JournalHead Of(PartialFile partial, string? transfer)
        => new(partial.Path, partial.Identity?.Device, partial.Identity?.Number, transfer);
}
